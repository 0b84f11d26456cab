"""``python -m preproc``: the same as ``preproc``, for this Python."""

from .cli import main

if __name__ == "__main__":
    main()
