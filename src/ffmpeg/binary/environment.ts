/** The environment of a child process: variables of the system and the hardware, none of the program's own. */

/** Paths of programs and libraries, by platform. */
const SYSTEM = [
  'PATH', 'HOME', 'TMPDIR', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'DYLD_FALLBACK_LIBRARY_PATH',
  // Windows cannot start a program without the first, and its libraries read the others.
  'SYSTEMROOT', 'WINDIR', 'SYSTEMDRIVE', 'PATHEXT', 'TEMP', 'TMP', 'USERPROFILE', 'LOCALAPPDATA', 'APPDATA', 'PROGRAMDATA', 'PROGRAMFILES',
  'COMSPEC', 'NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE',
  // Certificates of rtsps and https.
  'SSL_CERT_FILE', 'SSL_CERT_DIR',
];
/** Choice of device and driver: VA-API, CUDA and NVENC, Quick Sync, OpenCL, Vulkan, and the display that some of them open. */
const HARDWARE = [
  'CUDA_VISIBLE_DEVICES', 'CUDA_DEVICE_ORDER', 'CUDA_CACHE_PATH', 'CUDA_PATH', 'NVIDIA_VISIBLE_DEVICES', 'NVIDIA_DRIVER_CAPABILITIES',
  'LIBVA_DRIVER_NAME', 'LIBVA_DRIVERS_PATH', 'VDPAU_DRIVER', 'VDPAU_DRIVER_PATH', 'INTEL_MEDIA_RUNTIME', 'MFX_HOME', 'ONEVPL_PRIORITY_PATH',
  'ONEVPL_SEARCH_PATH', 'OCL_ICD_VENDORS', 'OPENCL_VENDOR_PATH', 'VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'DRI_PRIME', 'DISPLAY',
  'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR',
];
/** Proxies for https and http; one whose address has a login is left out. */
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

const ALLOWED = new Set([...SYSTEM, ...HARDWARE]);

/**
 * The variables of `from` that a child gets. Names are compared without case, as on Windows and for proxies.
 * @param from - `process.env`
 */
export function childEnvironment(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const allowed = Object.entries(from).filter((entry): entry is [string, string] => {
    const [name, value = ''] = entry;
    const upper = name.toUpperCase();
    return ALLOWED.has(upper) || (PROXIES.includes(upper) && !value.includes('@'));
  });
  // rxcam parses stderr, which must contain no colours, even on a terminal.
  return { ...Object.fromEntries(allowed), AV_LOG_FORCE_NOCOLOR: '1' };
}
