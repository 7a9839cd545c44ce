"""The steps that make a scan fit to be read, in their order. STEPS is the one place that says what happens to an image."""

from __future__ import annotations

from pipeline.imaging import shape_steps, surface_steps
from pipeline.imaging.step import Step

STEPS: tuple[Step, ...] = (
    Step("perspective", shape_steps.straighten_sheet),  # first: the bed around a sheet shows its edges
    Step("crop", shape_steps.crop),
    Step("borders", surface_steps.paint_borders),  # early: the noise in a dark edge would pass for letters
    Step("orientation", shape_steps.turn_upright, asks=True),
    Step("scale", shape_steps.scale_letters),  # early, so that what follows works on as few pixels as the reading needs
    Step("grain", surface_steps.smooth_grain),
    Step("holes", surface_steps.paint_holes),
    Step("background", surface_steps.level_background),
    Step("contrast", surface_steps.strengthen),
    Step("show-through", surface_steps.lift_writing_behind, asks=True),  # on white paper, before specks
    Step("specks", surface_steps.remove_specks),
    Step("deskew", shape_steps.deskew),
    Step("curl", shape_steps.level_lines),  # the last that moves anything: its way back is no matrix
    Step("ruled lines", surface_steps.take_out_lines),  # level by now, and not yet smoothed
    Step("blur", surface_steps.clarify, unless="grain"),
    Step("binarise", surface_steps.binarise),
)

BEFORE_CUTTING = 4
"""How many of the steps an opening goes through before it is cut: its edges, and which way up it is."""
