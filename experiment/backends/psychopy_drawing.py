"""Scenes in OpenGL: boxes, letters and video, every edge between two screen pixels, no pixel interpolated.

Importing this module needs a display (pyglet asks for one), so only an open window imports it. It draws
quads itself instead of through PsychoPy's stimuli, because a quad of 8-bit texels is exact to the bit and
costs nothing to build.
"""

from __future__ import annotations

import ctypes
import math
import weakref
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyglet import gl

from experiment.lettering import draw_text
from experiment.scene import Box, Colour, Element, Footage, Rect, Scene, Text, VideoFrame

_LETTERING_BOUND_BYTES = 4_000_000
_VIDEO_SLOTS = 24
_WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True)
class _Area:
    """A rectangle of whole framebuffer pixels; the origin is the lower left corner of the window."""

    left: int
    bottom: int
    width: int
    height: int


@dataclass(frozen=True)
class _LetterTexture:
    texture: int
    width: int
    height: int
    left: float
    top: float


class _VideoTexture:
    """A texture that shows one frame after another of clips of one size; what it holds already is not sent
    again.
    """

    def __init__(self, width: int, height: int) -> None:
        self.texture = _new_texture(gl.GL_RGB8, gl.GL_RGB, width, height, None)
        self.size = (width, height)
        self._footage: weakref.ref[Footage] | None = None
        self._index = -1

    def show(self, footage: Footage, index: int) -> None:
        gl.glBindTexture(gl.GL_TEXTURE_2D, self.texture)
        if self._index == index and self._footage is not None and self._footage() is footage:
            return
        pixels = np.ascontiguousarray(footage.pixels[index], dtype=np.uint8)
        gl.glTexSubImage2D(
            gl.GL_TEXTURE_2D, 0, 0, 0, *self.size, gl.GL_RGB, gl.GL_UNSIGNED_BYTE, pixels.ctypes.data
        )
        # A weak reference: a clip that nobody else needs any more must not be kept in memory by the screen.
        self._footage, self._index = weakref.ref(footage), index


class SceneDrawing:
    """Draws scenes into the back buffer of the window whose context is current.

    Parameters
    ----------
    size_px
        Width and height of the framebuffer.
    background
        Colour behind everything, 0..255.

    Letters are drawn once and kept as textures, the least recently used being dropped beyond 4 MB; each
    video of a scene has a texture by its place in the scene and its size.
    """

    def __init__(self, size_px: tuple[int, int], background: Colour) -> None:
        self.size_px = size_px
        self.background = background
        self._letters: OrderedDict[Text, _LetterTexture] = OrderedDict()
        self._letters_bytes = 0
        self._videos: OrderedDict[tuple[int, int, int], _VideoTexture] = OrderedDict()

    @property
    def kept_bytes(self) -> int:
        """Size of the textures that are kept for texts and videos."""
        return self._letters_bytes + sum(3 * width * height for _, width, height in self._videos)

    def draw(self, scene: Scene) -> None:
        """Draw a scene over whatever the back buffer holds; nothing is shown before the flip."""
        gl.glPushAttrib(gl.GL_ALL_ATTRIB_BITS)
        try:
            self._prepare()
            for element in scene.elements:
                self._draw_element(element)
            for place, video in enumerate(scene.videos):
                self._draw_video(place, video)
        finally:
            gl.glPopAttrib()

    def flush(self) -> None:
        """Let the driver begin with what was drawn, without waiting for it."""
        gl.glFlush()

    def read_pixels(self) -> NDArray[np.uint8]:
        """What the back buffer holds: uint8 ``(H, W, 3)`` RGB, top row first."""
        width, height = self.size_px
        pixels = np.empty((height, width, 3), dtype=np.uint8)
        gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)
        gl.glReadBuffer(gl.GL_BACK)
        gl.glReadPixels(0, 0, width, height, gl.GL_RGB, gl.GL_UNSIGNED_BYTE, pixels.ctypes.data)
        return np.ascontiguousarray(pixels[::-1])

    def close(self) -> None:
        """Give all textures back."""
        for letters in self._letters.values():
            _delete_texture(letters.texture)
        for video in self._videos.values():
            _delete_texture(video.texture)
        self._letters.clear()
        self._videos.clear()
        self._letters_bytes = 0

    def _prepare(self) -> None:
        """A plain state in which one unit is one pixel; PsychoPy sets its own again at each flip."""
        width, height = self.size_px
        gl.glUseProgram(0)
        gl.glViewport(0, 0, width, height)
        for capability in (gl.GL_DEPTH_TEST, gl.GL_STENCIL_TEST, gl.GL_SCISSOR_TEST, gl.GL_CULL_FACE):
            gl.glDisable(capability)
        # Dithering would make a colour of the scene into two on the screen.
        gl.glDisable(gl.GL_DITHER)
        gl.glMatrixMode(gl.GL_PROJECTION)
        gl.glLoadIdentity()
        gl.glOrtho(0, width, 0, height, -1, 1)
        gl.glMatrixMode(gl.GL_MODELVIEW)
        gl.glLoadIdentity()
        gl.glActiveTexture(gl.GL_TEXTURE0)
        gl.glTexEnvi(gl.GL_TEXTURE_ENV, gl.GL_TEXTURE_ENV_MODE, gl.GL_MODULATE)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        gl.glBlendFunc(gl.GL_SRC_ALPHA, gl.GL_ONE_MINUS_SRC_ALPHA)
        red, green, blue = self.background
        gl.glClearColor(red / 255, green / 255, blue / 255, 1.0)
        gl.glClear(gl.GL_COLOR_BUFFER_BIT)

    def _draw_element(self, element: Element) -> None:
        if isinstance(element, Box):
            self._draw_box(element)
        elif element.text.strip():
            self._draw_letters(element)

    def _draw_box(self, box: Box) -> None:
        area = self._area_of(box.rect)
        gl.glDisable(gl.GL_TEXTURE_2D)
        gl.glDisable(gl.GL_BLEND)
        if box.fill is not None:
            _quad(area, box.fill)
        if box.line is not None and box.line_px > 0:
            # The line lies within the rectangle: boxes side by side do not overlap.
            thick = max(1, round(box.line_px))
            inner = area.height - 2 * thick
            _quad(_Area(area.left, area.bottom, area.width, thick), box.line)
            _quad(_Area(area.left, area.bottom + area.height - thick, area.width, thick), box.line)
            _quad(_Area(area.left, area.bottom + thick, thick, inner), box.line)
            _quad(_Area(area.left + area.width - thick, area.bottom + thick, thick, inner), box.line)

    def _draw_letters(self, text: Text) -> None:
        letters = self._letters.get(text)
        if letters is None:
            letters = self._keep_letters(text)
        self._letters.move_to_end(text)
        left = self._column(letters.left)
        top = self._row(letters.top)
        gl.glEnable(gl.GL_TEXTURE_2D)
        gl.glEnable(gl.GL_BLEND)
        gl.glBindTexture(gl.GL_TEXTURE_2D, letters.texture)
        _quad(_Area(left, top - letters.height, letters.width, letters.height), text.colour)

    def _keep_letters(self, text: Text) -> _LetterTexture:
        drawn = draw_text(text)
        height, width = drawn.mask.shape
        mask = np.ascontiguousarray(drawn.mask)
        texture = _new_texture(gl.GL_ALPHA8, gl.GL_ALPHA, width, height, mask)
        letters = _LetterTexture(texture, width, height, drawn.left, drawn.top)
        self._letters[text] = letters
        self._letters_bytes += width * height
        while self._letters_bytes > _LETTERING_BOUND_BYTES and len(self._letters) > 1:
            _, oldest = self._letters.popitem(last=False)
            self._letters_bytes -= oldest.width * oldest.height
            _delete_texture(oldest.texture)
        return letters

    def _draw_video(self, place: int, video: VideoFrame) -> None:
        height, width = video.footage.pixels.shape[1:3]
        key = (place, width, height)
        texture = self._videos.get(key)
        if texture is None:
            texture = self._videos[key] = _VideoTexture(width, height)
            while len(self._videos) > _VIDEO_SLOTS:
                _, oldest = self._videos.popitem(last=False)
                _delete_texture(oldest.texture)
        self._videos.move_to_end(key)
        gl.glEnable(gl.GL_TEXTURE_2D)
        gl.glDisable(gl.GL_BLEND)
        texture.show(video.footage, video.index)
        _quad(self._area_of(video.rect), _WHITE)

    def _column(self, x: float) -> int:
        return math.floor(self.size_px[0] / 2 + x + 0.5)

    def _row(self, y: float) -> int:
        return math.floor(self.size_px[1] / 2 + y + 0.5)

    def _area_of(self, rect: Rect) -> _Area:
        """The rectangle on the pixel grid: its size is kept, the whole moved by at most half a pixel.

        The middle of a window of odd width lies within a pixel: a rectangle of even width cannot stand on
        it exactly.
        """
        width, height = round(rect.width), round(rect.height)
        return _Area(self._column(rect.x - width / 2), self._row(rect.y - height / 2), width, height)


def _quad(area: _Area, colour: Colour) -> None:
    """One rectangle; where a texture is bound, its first row is at the top."""
    right, top = area.left + area.width, area.bottom + area.height
    gl.glColor3ub(*colour)
    gl.glBegin(gl.GL_QUADS)
    gl.glTexCoord2f(0.0, 1.0)
    gl.glVertex2i(area.left, area.bottom)
    gl.glTexCoord2f(1.0, 1.0)
    gl.glVertex2i(right, area.bottom)
    gl.glTexCoord2f(1.0, 0.0)
    gl.glVertex2i(right, top)
    gl.glTexCoord2f(0.0, 0.0)
    gl.glVertex2i(area.left, top)
    gl.glEnd()


def _new_texture(stored: int, given: int, width: int, height: int, pixels: NDArray[np.uint8] | None) -> int:
    name = gl.GLuint()
    gl.glGenTextures(1, ctypes.byref(name))
    gl.glBindTexture(gl.GL_TEXTURE_2D, name.value)
    for setting, value in (
        (gl.GL_TEXTURE_MIN_FILTER, gl.GL_NEAREST),
        (gl.GL_TEXTURE_MAG_FILTER, gl.GL_NEAREST),
        (gl.GL_TEXTURE_WRAP_S, gl.GL_CLAMP_TO_EDGE),
        (gl.GL_TEXTURE_WRAP_T, gl.GL_CLAMP_TO_EDGE),
    ):
        gl.glTexParameteri(gl.GL_TEXTURE_2D, setting, value)
    data = None if pixels is None else pixels.ctypes.data
    gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, stored, width, height, 0, given, gl.GL_UNSIGNED_BYTE, data)
    return int(name.value)


def _delete_texture(texture: int) -> None:
    gl.glDeleteTextures(1, ctypes.byref(gl.GLuint(texture)))
