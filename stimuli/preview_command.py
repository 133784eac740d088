"""`python -m stimuli preview`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stimuli.appearance_free import FILLS, MOST_DOTS, Fill, Generator, Method
from stimuli.errors import StimulusError
from stimuli.flow import FlowName, flow_recipe
from stimuli.noise import NoiseKind, channel_levels

if TYPE_CHECKING:
    from stimuli.preview import Material, Recording

SUFFIXES = (".mp4", ".gif", ".png")
SECONDS_OF_MP4, SECONDS_OF_GIF = 10.0, 4.0


def preview(
    clip: Annotated[
        Path,
        typer.Argument(
            help="Any video file, or a clip of a stimulus set. Of a clip in a set, ordinary or noise, the"
            " set's own noise and flow are shown, unless an option below says how to make others."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--out", metavar="OUT", help="OUT.mp4, OUT.gif, or OUT.png: a contact sheet. Overwritten."
        ),
    ],
    contact_sheet: Annotated[
        bool, typer.Option("--contact-sheet", help="Eight moments in one picture too, OUT.png.")
    ] = False,
    seconds: Annotated[
        float | None,
        typer.Option(
            min=0.04,
            max=3600,
            help="The first so many seconds; 10 unless told, of a GIF 4.",
            show_default=False,
        ),
    ] = None,
    flow: Annotated[FlowName | None, typer.Option(help="dis unless told.", show_default=False)] = None,
    weights: Annotated[Path | None, typer.Option(metavar="FILE", help="RAFT's weights.")] = None,
    upsample: Annotated[
        int | None, typer.Option(help="RAFT sees frames so many times as large.", show_default=False)
    ] = None,
    method: Annotated[Method | None, typer.Option(help="advect unless told.", show_default=False)] = None,
    fill: Annotated[
        Fill | None, typer.Option(help="As in `build`: fresh where the method has it.", show_default=False)
    ] = None,
    noise: Annotated[
        NoiseKind | None,
        typer.Option(
            help="rgb unless told; matched: as bright and varied as this clip is.", show_default=False
        ),
    ] = None,
    dots: Annotated[
        int | None,
        typer.Option(
            min=1, max=MOST_DOTS, help="N x N dots a pixel; the rest is enlarged.", show_default=False
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="0 unless told.", show_default=False)] = None,
) -> None:
    """Show a clip, its flow and its noise side by side.

    A preview is for looking at, not for showing to participants: mp4 and GIF change the noise, only the
    clips of a set hold it as it is.

    \b
    For example, of a clip of a set, and of any video:
      python -m stimuli preview \\
        stimulus_sets/small/ucf5/Swing/v_Swing_g01_c01.mkv -o preview.mp4
      python -m stimuli preview video.mp4 -o preview.gif --method recursive
    """
    # Decoders and flow are imported by what needs them alone: other commands start faster without.
    from stimuli.preview import material_of_file, material_of_set, noise_clip_of

    targets = _targets(out, contact_sheet)
    _check_targets(targets, clip)
    made_otherwise = any(
        option is not None for option in (flow, weights, upsample, method, fill, noise, dots, seed)
    )
    in_set = None if made_otherwise else noise_clip_of(clip)
    if in_set is not None:
        material = material_of_set(*in_set)
    else:
        recipe = flow_recipe(flow or "dis", weights, upsample=1 if upsample is None else upsample)
        generator = _generator(clip, method or "advect", fill, noise or "rgb", dots or 1)
        material = material_of_file(clip, recipe, generator, seed or 0)
    _write(targets, material, seconds or (SECONDS_OF_GIF if out.suffix == ".gif" else SECONDS_OF_MP4))


def _targets(out: Path, contact_sheet: bool) -> list[Path]:
    if out.suffix not in SUFFIXES:
        raise StimulusError(f"The preview {out} must end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}.")
    return [out, out.with_suffix(".png")] if contact_sheet and out.suffix != ".png" else [out]


def _check_targets(targets: list[Path], clip: Path) -> None:
    """Overwriting a preview costs nothing, overwriting a clip may cost a study."""
    from stimuli.preview import noise_clip_of

    for target in targets:
        if target.exists() and clip.exists() and target.samefile(clip):
            raise StimulusError(f"The preview would overwrite the clip {clip}; name another file.")
        if target.is_dir():
            raise StimulusError(f"The preview {target} is a folder; name a file.")
        if noise_clip_of(target) is not None:
            raise StimulusError(f"The preview would overwrite {target}, a clip of a stimulus set.")


def _generator(clip: Path, method: Method, fill: Fill | None, noise: NoiseKind, dots: int) -> Generator:
    from stimuli.video import decode

    try:
        levels = channel_levels(decode(clip)) if noise == "matched" else None
        return Generator(method, fill or FILLS[method][0], noise, dots, levels)
    except ValueError as error:
        raise StimulusError(f"There is no noise for {clip}: {error}") from None


def _write(targets: list[Path], material: Material, seconds: float) -> None:
    from stimuli.preview import recorded

    with recorded(material, seconds, lambda: None) as recording:
        for target in targets:
            _write_one(target, recording)
            size = target.stat().st_size / 1e6
            print(f"{target}: {len(recording)} frames at {recording.fps:.2f}/s, {size:.1f} MB.")
        print(" | ".join(recording.captions))


def _write_one(target: Path, recording: Recording) -> None:
    from stimuli.preview import contact_sheet, pictures
    from stimuli.preview_files import write_gif, write_mp4, write_png

    if target.suffix == ".mp4":
        write_mp4(target, pictures(recording), recording.fps)
    elif target.suffix == ".gif":
        write_gif(target, lambda: pictures(recording), len(recording), recording.fps)
    else:
        write_png(target, contact_sheet(recording))
