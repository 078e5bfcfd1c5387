"""The settings of `train`: each is declared once, with what it takes and where it goes."""

from nndsl.training.setting import Setting
from nndsl.training.settings import SETTINGS

__all__ = ["SETTINGS", "Setting"]
