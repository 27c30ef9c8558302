/**
 * Containers that hold pictures and name no other file or address. What comes from afar is opened as one of these or not at
 * all: whether bytes are a playlist can't be told from their beginning, as ffmpeg skips tags, blanks and marks before it looks.
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
  // Sound alone is told to be no video.
  'mp3', 'aac', 'wav', 'flac', 'ac3', 'eac3', 'aiff', 'amr', 'caf', 'w64', 'au',
].join(',');

/** Playlists of live streams, and what their segments are. */
const PLAYLISTS = `hls,dash,webvtt,${CONTAINERS}`;

export const ONLY_CONTAINERS = ['-format_whitelist', CONTAINERS] as const;
/** A file's name may say that it is a still picture; no other file is opened for it where the name is no pattern. */
export const ONLY_FILES = ['-format_whitelist', `${CONTAINERS},image2`] as const;
export const ONLY_PLAYLISTS = ['-format_whitelist', PLAYLISTS] as const;
/** Lists on the user's own disk may be of concat's kind too. */
export const ONLY_LISTS = ['-format_whitelist', `concat,${PLAYLISTS}`] as const;
