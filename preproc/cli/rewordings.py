"""What the library says in Python, and how it is typed: patterns in the order in which they are tried."""

from __future__ import annotations

import re

__all__ = ["RULES"]

_OPTIONS = (
    "again|aspect|context_px|context_ratio|feather_px|kind|left|limit_per_day|max_price|original|"
    "overwrite|repair|resolve|size|timeout|zoom_out"
)
RULES = (
    (r"overwrite=True, or another name", "--overwrite, or another -o"),
    (r"\bmask\.\w+: (?=\w+ is )", ""),
    (r"; (do|raise|lower) thresholds, or density=([\d.]+)", r"; \1 thresholds, or --density \2"),
    (r"mask\.stroke draws lines and dots", "preproc mask stroke PHOTO --points X,Y --width 24 draws lines and dots"),
    (
        r"control\.read_segmentation reads class numbers from a palette's colours",
        "a gray picture or NPY of the class numbers; preproc check control MAP --kind segmentation, for a finished map",
    ),
    (
        r"for class scores take scores\.argmax over the classes; for colours use read_segmentation",
        "take the class of the highest score; colours are a finished map",
    ),
    (
        r"for a black and white picture: load_mask, or mask\.from_luminance",
        "preproc mask luminance PICTURE, for black and white",
    ),
    (r"mask\.invert selects what lies outside", "preproc mask invert MASK selects what lies outside"),
    (r"for coloured regions mask\.from_color", "preproc mask color COLOR PICTURE, for coloured regions"),
    (r"for depth use control\.normalize_depth", "preproc control depth FILE, for depth"),
    (r"np\.nan_to_num\(array\), or control\.normalize_depth for depth", "preproc control depth FILE, for depth"),
    (r"make the edit with crop\.around or outpaint\.extend", "preproc crop or preproc outpaint makes the edit anew"),
    (r"crop\.around with rule=fal\.rule\(\.\.\.\) avoids that", "preproc crop --endpoint ID avoids that"),
    (r", or one crop\.around for all", ""),
    (r"save as \.png, or save_image\([^)]*\)(?: if that does not matter)?", "-o NAME.png"),
    (
        r"mask\.from_labels\(\w+, \[([\d, ]+)\]\)",
        lambda call: f"preproc mask labels MASK --ids {call[1].replace(' ', '')}",
    ),
    (r'preproc\.save_image\(m, "m\.png"\)', "preproc check mask MASK --fix"),
    (r"^preproc\.load_mask\(m\)$", "preproc check mask MASK --fix"),
    (r"pass one of them: read_pose\(frames\[0\]\)", "save one of them as a file of its own"),
    (r"write it with Drawing\.to_json\(\)", "preproc mask trace MASK -o OUTLINE.json writes one"),
    (r"gzip\.decompress\(path\.read_bytes\(\)\)", "gunzip -c FILE.svgz > FILE.svg"),
    (r"\bforeground=…", "--foreground SCRIBBLE.png"),
    (
        r"^if you trust it: max_pixels=(\d+)$",
        r"make it smaller; if you trust it, load_image in Python takes max_pixels=\1",
    ),
    (r"'inverse' for distances \(near='low'\)", "inverse, for distances, with -p near=low"),
    (r"or round it and convert with \.astype\(np\.uint8\)", "or save it as whole numbers of 0 to 255"),
    (r"crop\.around does$", "preproc crop does"),
    (r"cut it again with rule=fal\.rule\('([^']+)'\)", r"make it again with --endpoint \1"),
    (r"a mask goes where the endpoint takes one, as mask=", "a mask goes where the endpoint takes one, as --mask FILE"),
    (r"see fal\.controlnet", "see preproc endpoints --group controlnet"),
    (r"pass its URL: fal\.upload\(picture\)", "pass its URL, as image_url=https://…"),
    (r"\bnear=(?= if)", "-p near="),
    (r"\bmax_price is\b", "--max-price is"),
    (r"Fal\(backend='rehearsal'\)", "--rehearsal"),
    (r"Fal\(journal='([^']*)'\)", r"--journal \1"),
    (r"Fal\(\)\.preprocess\(\"(\w+)\", photo\)", "preproc endpoints --group preprocess"),
    (
        r"Fal\((max_file_bytes|max_pixels)=(\d+)\)\.resume\('([\w-]+)'\)\.wait\(\)",
        lambda call: f"preproc jobs {call[3]} --resume --{call[1].replace('_', '-')} {call[2]}",
    ),
    (
        r"read\(\) returns its bytes, save\('([\w.]+)'\) writes them as they are",
        r"-o - > \1 writes its bytes as they are",
    ),
    (r"fal\.resume\('([\w-]+)'\)\.wait\(\)", r"preproc jobs \1 --resume"),
    (
        r"fal\.resume\('([\w-]+)'\)\.adopt\(request_id\), else \.declare_not_taken\(\)",
        r"preproc jobs \1 --adopt REQUEST_ID, else --not-taken",
    ),
    (r"fal\.resume\('([\w-]+)'\)\.adopt\('([^']*)'\)", r"preproc jobs \1 --adopt \2"),
    (r"fal\.resume\('([\w-]+)'\)\.entry\.result", r"preproc jobs \1"),
    (
        r"fal\.resume\(job_id\)\.adopt\(request_id\), else \.declare_not_taken\(\)",
        "preproc jobs ID --adopt REQUEST_ID, else --not-taken",
    ),
    (r"fal\.run\('([^']+)', image=photo(?:, \.\.\.)?\)", r"preproc run \1 --image PHOTO"),
    (r"if the photo is black, read\(blocked=True\) returns the picture; else ", ""),
    (r"; read\(blocked=True\) returns the black picture", ""),
    (r'pass it: Edit\.load\(path, original="photo\.png"\)', "--original PHOTO"),
    (r"Path\(\.\.\.\)\.mkdir\(parents=True\)", "mkdir -p FOLDER"),
    (r'control\.make\("(\w+)", (?:photo|depth|people|labels).*?\)\.image', lambda call: _making(call[0])),
    (r"  # \"low\" if these are distances", " (low if these are distances)"),
    (r"size=\((\w+), (\w+)\)", r"--size \1x\2"),
    (r"check\.mask\(m\)", "preproc check mask MASK"),
    (
        r"use mask\.from_luminance, mask\.from_color or one channel of it",
        "preproc mask luminance MASK, or preproc mask color COLOR MASK",
    ),
    (
        r": load both with load_image and load_mask",
        "; save the mask again, turned as the photo is shown",
    ),
    (r"or make the mask from this image", "or make the mask from this photo"),
    (r"mask\.resize\(mask, photo\)", "preproc mask resize MASK --photo PHOTO"),
    (r"(?:pass )?\b(ignore|missing|normalized|unknown)=([\w-]*)", r"-p \1=\2"),
    (r"catalog\.endpoints\(\) lists all", "preproc endpoints lists all"),
    (r"fal\.jobs\(\)", "preproc jobs"),
    (r"check\.mask\(m, image, reference=box_or_mask\)", "--reference LEFT,TOP,RIGHT,BOTTOM, or another mask"),
    (r"(?:pass )?near_point=\(x, y\) and far_point=\(x, y\)", "--near X,Y and --far X,Y"),
    (
        r"check\.mask\((?:m|mask\.\w+\(m[^()]*(?:\([^()]*\))?[^()]*\)), reference=box\)",
        "--reference LEFT,TOP,RIGHT,BOTTOM, or another mask",
    ),
    # one call inside another: one command after another
    (r"mask\.resize\((mask\..+), \((\d+), (\d+)\)\)", r"\1, then preproc mask resize with --size \2x\3"),
    (
        r"mask\.drop_islands\((?!m,)(.+), min_area_px=([\d.]+)\)",
        r"\1, then preproc mask drop-islands with --min-area \2",
    ),
    (r"mask\.snap\((?!m(?:ask)?,)(.+), (\d+)\)", r"\1, then preproc mask snap with --cell \2"),
    (r"mask\.(feather|grow)\((mask\..+), ([\d.]+)\)", r"\2, then preproc mask \1 with --px \3"),
    (r"mask\.fill_holes\((mask\..+), max_area_px=([\d.]+)\)", r"\1, then preproc mask fill-holes with --max-area \2"),
    (
        r"mask\.(?!from_)(\w+)\((mask\.\w+\(.+\))\)",
        lambda call: f"{call[2]}, then preproc mask {call[1].replace('_', '-')}",
    ),
    (r"mask\.resize\(\w+, \((\d+), (\d+)\)\)", r"preproc mask resize MASK --size \1x\2"),
    (r"mask\.(grow|shrink|feather|smooth)\(\w+, ([\d.]+)\)", r"preproc mask \1 MASK --px \2"),
    (r"mask\.fill_holes\(m, max_area_px=([\d.]+)\)", r"preproc mask fill-holes MASK --max-area \1"),
    (r"mask\.drop_islands\(m, min_area_px=([\d.]+)\)", r"preproc mask drop-islands MASK --min-area \1"),
    (r"mask\.snap\(m(?:ask)?, (\d+)\)", r"preproc mask snap MASK --cell \1"),
    (r"mask\.binarize\(m, (\d+)\)", r"preproc mask binarize MASK --threshold \1"),
    (r"mask\.clean\(m, noise=(\d+)\)", r"preproc mask clean MASK --noise \1"),
    (r"crop\.around\(image, m\)", "preproc crop PHOTO -m MASK"),
    (r"mask\.rectangle\((?:m|image), box\)", "preproc mask rectangle PHOTO --box LEFT,TOP,RIGHT,BOTTOM"),
    (r"mask\.(?!from_)(\w+)\(m(?:ask)?\)", lambda call: f"preproc mask {call[1].replace('_', '-')} MASK"),
    (r'mask\.from_alpha\(m, edit="transparent"\)', "preproc mask alpha MASK --edit transparent"),
    (r"mask\.from_(alpha|luminance)\(\w+\)", r"preproc mask \1 MASK"),
    (r"mask\.from_luminance\(m, low=(\d+)\)", r"preproc mask luminance MASK --low \1"),
    (r"mask\.from_luminance\(m, low=(\d+), soft=(\d+)\)", r"preproc mask luminance MASK --low \1 --soft \2"),
    (r"mask\.from_color\(m, \((\d+), (\d+), (\d+)\)\)", r"preproc mask color \1,\2,\3 MASK"),
    (
        r"mask\.from_color\(m, \((\d+), (\d+), (\d+)\), tolerance=(\d+)\)",
        r"preproc mask color \1,\2,\3 MASK --tolerance \4",
    ),
    (r"mask\.from_(alpha|luminance)", r"preproc mask \1"),
    (r"(?:  #|;) or control\.resize\(m, \(\d+, \d+\)\) if the source is gone", ""),
    (r"control\.fit\(photo, \((\d+), (\d+)\)\)", r"bring the photo to \1x\2"),
    (r"control\.canny\(photo, density=([\d.]+)\)", r"preproc control canny PHOTO -p density=\1"),
    (r"mask\.binarize\(control\.gray\(m\), (\d+)\)", r"preproc mask binarize MAP --threshold \1"),
    (r'pass grid=\{"option": \[values, …\]\}', "--vary OPTION=VALUE,VALUE"),
    (r"control\.(\w+)\(photo\)", r"preproc control \1 PHOTO"),
    (
        r"control\.normalize_depth\((?:m|control\.gray\(m\)), near='(\w+)'\)",
        r"preproc control depth MAP -p near=\1",
    ),
    (
        r"control\.segmentation_map\(control\.read_segmentation\(m, .*\)\)?",
        "preproc control segmentation LABELS, from the class numbers, and keep it as PNG",
    ),
    (r"control\.segmentation_map\(labels, palette=\"(\w+)\"\)", r"preproc control segmentation LABELS -p palette=\1"),
    (
        r"control\.segmentation_map\(np\.atleast_3d\(m\)\[\.\.\., 0\], palette=\"?([\w-]+)\"?\)",
        r"preproc control segmentation MAP -p palette=\1",
    ),
    (r"a gray preview as image\.convert\('L'\)", "a preview of it as a gray picture"),
    (r"control\.segmentation_map\(labels\)", "preproc control segmentation LABELS"),
    (r"; control\.resize otherwise", ""),
    (r"control\.draw_pose at the size that is generated", "preproc control pose KEYPOINTS.json --size WIDTHxHEIGHT"),
    (r"  # or check with palette=\"\w+\"", ""),
    (
        r"255 - m  # or the other near= of control\.normalize_depth",
        "preproc mask invert MAP, or -p near= the other way",
    ),
    (r"m\[:, :, ::-1\]  # it was", "swap red and blue: it was"),
    (r"^np\.where\(\(m == 255\)\.all\(.*\)$", "make the white background black"),
    (r"m \* (\d+)  # if its values", r"multiply the values by \1, if they"),
    (r"^photo(?=  #|$)", "pass the photo"),
    (r"^255 - m$", "invert its colours"),
    (r"preproc\.load_image\(m\)\[:, :, 0\]", "save it without its alpha channel"),
    (
        r"np\.rot90\(m\)  # or np\.rot90\(m, -1\); or load the photo with load_image before",
        "turn it by 90°, or turn the photo as it is shown before",
    ),
    (
        r"^(?:np\.\w+\(preproc\.load_mask\(m\)(?:, -?\d)?\)(?:\.T)?|preproc\.load_mask\(m\)\.T)(?:(?=  # only)|  # or .*|$)",
        "turn it as the photo is shown, and save it again",
    ),
    (r"(?:pass )?options=\{'(\w+)': '?([\w…]+)'?\}", r"-p \1=\2"),
    (
        rf"(?:pass )?\b({_OPTIONS})=(?:\"([^\"]*)\"|'([^']*)'|(True\b)|([\d.]*\d)|(\.\.\.))?",
        lambda option: (
            f"--{option[1].replace('_', '-')} {option[2] or option[3] or option[5] or option[6] or ''}".rstrip()
        ),
    ),
    (r"  # ", "; "),
)


def _making(call: str) -> str:
    """Say how a control map is made again."""
    parts = re.match(r'control\.make\("(?P<type>\w+)", (?P<source>\w+)', call)
    assert parts is not None  # the rule that calls this has matched
    source = {"people": "KEYPOINTS.json"}.get(parts["source"], parts["source"].upper())
    options = [f" -p {name}={value}" for name, value in re.findall(r'"(\w+)": "?([\w-]+)"?', call)]
    size = re.search(r"size=\((\d+), (\d+)\)", call)
    return f"preproc control {parts['type']} {source}{''.join(options)}" + (
        f" --size {size[1]}x{size[2]}" if size else ""
    )
