"""Browse, preview, check and edit Zarr and OME-Zarr stores in the terminal."""

__version__ = "0.1.0"
