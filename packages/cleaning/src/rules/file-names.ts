import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { TextRule } from '../rule.ts';

const EXTENSION = '\\.(?:jpe?g|jfif|png|gif|webp|bmp|svg|tiff?|heic|heif|avif|psd|ico|raw|cr2|nef|mp4|mov)';
/** Stems that cameras, phones, chat programs and editors make. */
const MADE_BY_MACHINE = [
  '(?:IMG|DSC|DSCN|DSCF|DSC_|PIC|PXL|MVIMG|VID|IMAGE|PHOTO|SAM|GOPR|DJI|MTXX|wx_camera|wechat_image|mmexport|Screenshot|Screen Shot|Snipaste|WeChat Image|WX|QQ|FullSizeRender|CameraZOOM|DCIM|P|C360|Cache|u|src|thumb|temp|tmp|untitled|unnamed|download|image|img|photo|picture|pic|file|file_|t0)[-_ (]*\\d[\\w \\-.():=&,]*',
  '(?:微信图片|微信截图|QQ图片|QQ截图|企业微信截图|钉钉截图|屏幕截图|截图|截屏|屏幕快照|捕获|图片|照片|图像|未命名|未标题|无标题|新建位图图像|新建文件夹|下载|副本|复件|幻灯片|页面|图层|画板|封面|首图|主图|详情)[-_ (（]*\\d*[\\d_ \\-.():（）]*',
  '[0-9a-fA-F]{16,}',
  '[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}',
  '[\\d_\\-@.()x ]+',
  '[A-Za-z]{1,4}\\d[\\w\\-.]*',
];

const WITH_EXTENSION = new RegExp(`^[^\\s/\\\\]*[^/\\\\]{0,120}${EXTENSION}$`, 'iu');
const CAMERA_WITHOUT_EXTENSION =
  /^(?:(?:IMG|DSC|DSCN|DSCF|PXL|MVIMG|GOPR|DJI|mmexport|wx_camera|Screenshot|Snipaste)[-_ ]*\d{3,}[\d_-]*|(?:微信图片|微信截图|QQ图片|QQ截图|企业微信截图|屏幕截图|屏幕快照)[-_ ]*\d{4,}[\d_ -]*|[0-9a-f]{32,64})$/u;
/** Ends as a file does, or is a name that cameras give. */
const MAYBE = /\.[A-Za-z0-9]{2,4}$|^(?:[A-Za-z]|微信|QQ|企业|屏幕)[^。，]{5,}$|^[0-9a-f]{32,64}$/u;
const MACHINE_STEM = new RegExp(`^(?:${MADE_BY_MACHINE.join('|')})(?:[-_ ]?副本|[-_ ]?copy)?${EXTENSION}$`, 'u');

/**
 * Captions that are the name of a file: IMG_1234.jpg, 微信图片_20211111.jpg, 天安门.png. Score: 2 the name was made by a machine,
 * 1 a person named the file, 0 no file name (Node.js, IMG 乐队, 截图 alone). Both are dropped: a title with an extension is
 * nearly always repeated without one in another text of the pair.
 */
export const fileNames: TextRule<NoOptions> = {
  name: 'file-names',
  unit: 'text',
  options: noOptions,
  measure(text) {
    if (!MAYBE.test(text)) return 0;
    if (MACHINE_STEM.test(text) || CAMERA_WITHOUT_EXTENSION.test(text)) return 2;
    return WITH_EXTENSION.test(text) && !/[，。！？；]/u.test(text) ? 1 : 0;
  },
  keep: (score) => score === 0,
};
