"""The register of households: read, checked, described."""

from bangfu.register.checking import check
from bangfu.register.info import RegisterInfo
from bangfu.register.loading import load_register
from bangfu.register.register import HouseholdRegister

__all__ = ["HouseholdRegister", "RegisterInfo", "check", "load_register"]
