"""SVG documents, written around what a test is about."""

from preproc.mask import Drawing


def document(body, head='width="64" height="64"'):
    return f'<svg xmlns="http://www.w3.org/2000/svg" {head}>{body}</svg>'


def rendered(body, head='width="64" height="64"'):
    return Drawing.from_svg(document(body, head)).render()


def path(data, **attributes):
    extra = " ".join(f'{key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return rendered(f'<path d="{data}" {extra}/>')
