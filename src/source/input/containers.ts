/**
 * Containers that hold pictures and refer to no other file or address. Remote input is opened only as one of these: its first
 * bytes can't show whether it is a playlist, because ffmpeg skips tags, blanks and byte order marks before it probes.
 */
const CONTAINERS = [
  'mov', 'matroska', 'webm', 'avi', 'mpegts', 'mpeg', 'mpegvideo', 'mxf', 'flv', 'live_flv', 'asf', 'ogg', 'nut', 'ivf', 'dv', 'rm', 'gxf', 'wtv', 'nsv',
  'h261', 'h263', 'h264', 'hevc', 'm4v', 'av1', 'obu', 'vc1', 'cavsvideo', 'mjpeg', 'mpjpeg', 'yuv4mpegpipe',
  'dirac', 'dnxhd', 'flic', 'film_cpk', 'lmlm4', 'nuv', 'pva', 'pmp', 'roq', 'smk', 'swf', 'smjpeg', 'mjpeg_2000', 'ingenient', 'avs2', 'avs3', 'ivr', 'bink',
  'ipmovie', 'ea', '4xm', 'idcin', 'vmd', 'wc3movie', 'mm', 'mtv', 'mvi', 'r3d', 'ty', 'lxf', 'xmv', 'yop', 'rl2',
  'gif', 'apng', 'image2pipe', ...[
    'jpeg', 'png', 'webp', 'bmp', 'tiff', 'dds', 'dpx', 'exr', 'gem', 'hdr', 'j2k', 'jpegls', 'jpegxl', 'pam', 'pbm', 'pcx', 'pfm', 'pgm', 'pgmyuv', 'pgx',
    'phm', 'photocd', 'pictor', 'ppm', 'psd', 'qdraw', 'qoi', 'sgi', 'sunrast', 'vbn', 'xbm', 'xpm', 'xwd',
  ].map((name) => `${name}_pipe`),
  // Audio formats, for the error that there is no video.
  'mp3', 'aac', 'wav', 'flac', 'ac3', 'eac3', 'aiff', 'amr', 'caf', 'w64', 'au',
].join(',');

/** Playlists of live streams, and the formats of their segments. */
const PLAYLISTS = `hls,dash,webvtt,${CONTAINERS}`;

export const ONLY_CONTAINERS = ['-format_whitelist', CONTAINERS] as const;
/** For files, also still pictures: ffmpeg opens no other file for them if the name is not a pattern. */
export const ONLY_FILES = ['-format_whitelist', `${CONTAINERS},image2`] as const;
export const ONLY_PLAYLISTS = ['-format_whitelist', PLAYLISTS] as const;
/** For lists on the user's own disk, also concat scripts. */
export const ONLY_LISTS = ['-format_whitelist', `concat,${PLAYLISTS}`] as const;
