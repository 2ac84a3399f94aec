"""The rerun: whether the notebooks still make what is stored, without touching either."""
