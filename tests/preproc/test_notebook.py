"""What a notebook shows: escaped, whole, and in its own colours."""

import io

import numpy as np
import PIL.Image
import pytest

from preproc import Photo, check, crop, mask, outpaint, preview
from preproc.notebook import LARGEST_PX, lines_of, table_of


def test_everything_is_escaped_and_nothing_is_lost():
    shown = table_of('prompt  <script>alert("1")</script>\nnote: a & b\n  fix: <b>')
    assert "<script" not in shown
    assert "<b>" not in shown
    assert "&lt;script&gt;" in shown
    assert "a &amp; b\nfix: &lt;b&gt;" in shown
    assert shown.count("<tr") == 2


def test_no_colour_but_for_what_is_wrong():
    assert ";color:#" not in table_of("price  0.05 USD\ninfo: fine")
    assert ";color:#e5484d" in table_of("error: inverted")
    assert ";color:#e5484d" in table_of("preserved  90% of 4x4, NOT EQUAL")
    assert ";color:#d97706" in table_of("finding  warning: thin")
    assert "background:none" in table_of("nothing found")


def test_a_report_is_a_table():
    report = check.mask(np.zeros((8, 8), np.uint8))
    shown = report._repr_html_()
    assert shown.startswith("<table")
    assert shown.count("<tr") == len(report.findings)
    assert "nothing found" in check.Report(())._repr_html_()


def test_a_report_fits_a_terminal_and_its_fixes_stay_whole():
    report = check.mask(np.full((64, 64), 255, np.uint8), reference=(10, 10, 20, 20))
    said = str(report)
    assert max(len(line) for line in said.split("\n") if "fix:" not in line) <= 80
    assert said.split() == "\n".join(map(str, report.findings)).split()
    assert report._repr_html_() == table_of("\n".join(map(str, report.findings)))
    fix = "  fix: " + "mask.invert(m) and " * 8
    assert lines_of(fix) == fix
    assert lines_of("argument  " + "ä" * 200) == "argument  " + "ä" * 200
    assert lines_of("left out  " + "word " * 30).split("\n")[1].startswith(" " * 10 + "word")


def test_half_a_character_is_shown_as_a_question_mark():
    assert "a?b" in table_of("prompt  a\ud800b").encode().decode()


def shown(picture):
    return np.asarray(PIL.Image.open(io.BytesIO(picture)))


def test_a_finished_photo_is_shown_with_its_receipt():
    photo = np.random.default_rng(1).integers(0, 256, (120, 160, 3), np.uint8)
    edit = crop.around(photo, mask.ellipse(photo, (40, 40, 90, 90)))
    done = edit.finish(edit.sent_image)
    np.testing.assert_array_equal(shown(done._repr_png_()), done.image)
    page = done._repr_html_()
    assert page.startswith("<img")
    assert done.receipt._repr_html_() in page


@pytest.mark.parametrize("size", [(1500, 1100), (8000, 60), (60, 8000), (1200, 1)])
def test_pictures_are_no_larger_than_a_screen_shows(size):
    photo = np.zeros((*size[::-1], 3), np.uint8)
    for edit in (
        crop.around(photo, mask.rectangle(size, (size[0] * 0.4, 0, size[0] * 0.6, size[1]))),
        outpaint.extend(photo, left=64),
    ):
        picture = shown(edit.finish(edit.sent_image)._repr_png_())
        assert max(picture.shape) == LARGEST_PX
        assert max(shown(edit._repr_png_()).shape) < 1200


def test_a_transparent_result_is_shown_on_squares():
    alpha = mask.ellipse((160, 120), (20, 20, 140, 100))
    photo = Photo.open(np.dstack([np.full((120, 160, 3), 90, np.uint8), alpha]))
    edit = crop.around(photo, mask.ellipse(photo, (60, 40, 90, 90)))
    done = edit.finish(edit.sent_image)
    np.testing.assert_array_equal(shown(done._repr_png_()), preview.checkerboard(done.photo))
