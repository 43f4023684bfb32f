"""[main thread] The binary interface of CLAP for the discovery and the loading of presets, from its specification."""

from ctypes import CFUNCTYPE, POINTER, Structure, c_bool, c_char_p, c_int32, c_uint32, c_uint64, c_void_p

from .abi import Version

DISCOVERY_IDS = (b"clap.preset-discovery-factory/2", b"clap.preset-discovery-factory/draft-2")
LOAD_IDS = ("clap.preset-load/2", "clap.preset-load.draft/2")
IN_FILE, IN_PLUGIN = 0, 1  # kinds of locations
PLUGIN_ABI = "clap"  # of the plugins that a preset is for


class UniversalId(Structure):
    """clap_universal_plugin_id."""

    _fields_ = [("abi", c_char_p), ("id", c_char_p)]


class Receiver(Structure):
    """clap_preset_discovery_metadata_receiver; the functions take its address first."""

    _fields_ = [
        ("data", c_void_p),
        ("on_error", CFUNCTYPE(None, c_void_p, c_int32, c_char_p)),
        ("begin_preset", CFUNCTYPE(c_bool, c_void_p, c_char_p, c_char_p)),
        ("add_plugin_id", CFUNCTYPE(None, c_void_p, POINTER(UniversalId))),
        ("set_soundpack_id", CFUNCTYPE(None, c_void_p, c_char_p)),
        ("set_flags", CFUNCTYPE(None, c_void_p, c_uint32)),
        ("add_creator", CFUNCTYPE(None, c_void_p, c_char_p)),
        ("set_description", CFUNCTYPE(None, c_void_p, c_char_p)),
        ("set_timestamps", CFUNCTYPE(None, c_void_p, c_uint64, c_uint64)),
        ("add_feature", CFUNCTYPE(None, c_void_p, c_char_p)),
        ("add_extra_info", CFUNCTYPE(None, c_void_p, c_char_p, c_char_p)),
    ]


class FileType(Structure):
    """clap_preset_discovery_filetype."""

    _fields_ = [("name", c_char_p), ("description", c_char_p), ("suffix", c_char_p)]


class Location(Structure):
    """clap_preset_discovery_location."""

    _fields_ = [("flags", c_uint32), ("name", c_char_p), ("kind", c_uint32), ("location", c_char_p)]


class Indexer(Structure):
    """clap_preset_discovery_indexer; the functions take its address first."""

    _fields_ = [
        ("version", Version), ("name", c_char_p), ("vendor", c_char_p), ("url", c_char_p), ("release", c_char_p),
        ("data", c_void_p), ("declare_filetype", CFUNCTYPE(c_bool, c_void_p, POINTER(FileType))),
        ("declare_location", CFUNCTYPE(c_bool, c_void_p, POINTER(Location))),
        ("declare_soundpack", CFUNCTYPE(c_bool, c_void_p, c_void_p)),
        ("get_extension", CFUNCTYPE(c_void_p, c_void_p, c_char_p)),
    ]  # fmt: skip


class ProviderDescriptor(Structure):
    """clap_preset_discovery_provider_descriptor."""

    _fields_ = [("version", Version), ("id", c_char_p), ("name", c_char_p), ("vendor", c_char_p)]


class Provider(Structure):
    """clap_preset_discovery_provider; the functions take its address first."""

    _fields_ = [
        ("descriptor", POINTER(ProviderDescriptor)), ("data", c_void_p), ("init", CFUNCTYPE(c_bool, c_void_p)),
        ("destroy", CFUNCTYPE(None, c_void_p)),
        ("get_metadata", CFUNCTYPE(c_bool, c_void_p, c_uint32, c_char_p, c_void_p)), ("get_extension", c_void_p),
    ]  # fmt: skip


class DiscoveryFactory(Structure):
    """clap_preset_discovery_factory; the functions take its address first."""

    _fields_ = [
        ("count", CFUNCTYPE(c_uint32, c_void_p)),
        ("descriptor", CFUNCTYPE(POINTER(ProviderDescriptor), c_void_p, c_uint32)),
        ("create", CFUNCTYPE(POINTER(Provider), c_void_p, c_void_p, c_char_p)),
    ]


class PresetLoad(Structure):
    """clap_plugin_preset_load."""

    _fields_ = [("from_location", CFUNCTYPE(c_bool, c_void_p, c_uint32, c_char_p, c_char_p))]
