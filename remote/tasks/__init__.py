"""What people want done with a photo, each as one call."""
