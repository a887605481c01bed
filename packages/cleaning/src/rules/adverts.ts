import { z } from 'zod';
import type { TextRule } from '../rule.ts';

export interface AdvertsOptions {
  max: number;
}

/** What hardly anybody writes but a seller. */
const SURE =
  /代开(?:各类|正规)?发票|(?:代)?办理?(?:假证|各类证件|真假证件)|刻章办证|刷单(?:兼职|返利|员)|兼职(?:日结|日赚|在家)|日(?:赚|入)\d{2,}|月入(?:过|上)?[\d一二三五十]*万(?!里)|秒批|当天放款|无抵押(?:贷款|放款)|一手货源|(?:诚|急)?招(?:收|募)?(?:各级|全国)?(?:代理|微商|加盟商)|厂家直销|诚邀加盟|招商加盟|假一赔[十三]|货到付款|(?:扫码|点击|戳|进)(?:下方|链接|主页|直播间)*(?:领取|领券|购买|下单|抢购|抢)|领(?:取)?(?:大额|隐藏|内部)?优惠券|高仿|(?<![A-Za-z])A货|支持(?:货到付款|七天无理由)|加(?:我|客服)?(?:微信|薇信|V信|微|VX|vx|QQ|〈账号〉)[^。！？]{0,10}(?:领|购|咨询|进群|送|了解|免费|拿货|下单|看货)|(?:免费|无偿)(?:领取|赠送|试用)[^。]{0,12}(?:名额|限量|扫码|私信|包邮)|(?:全场|全店)[\d一二三四五六七八九.]+折起?|拍下(?:立减|改价|备注)|(?:独家)?代理加盟|包过(?:不过)?(?:退款)?|稳赚不赔|带你(?:赚钱|躺赚)/gu;
/** What sellers write, and news and encyclopedias do now and then. */
const LIKELY =
  /包邮|代购|秒杀|特价|促销|折扣|[\d一二三四五六七八九](?:\.\d)?折|买[一二三\d]送[一二三\d]|满\d+(?:减|送)\d+|优惠|现货|批发|团购|抢购|下单|领券|红包|福利|正品|专柜|同款|热卖|热销|爆款|清仓|甩卖|新品上市|加盟|招商|咨询|热线|免费|预约|私信|直播间|欢迎(?:选购|订购|咨询|致电|来电|光临)|(?:立即|马上|赶紧|速来)(?:购买|抢|下单|报名)|限时|限量|立减|到手价|原价|到手|(?:仅|只|价)(?:需|要|售)?\d+(?:\.\d+)?元|[￥¥]\d+|\d+元(?:包邮|起)|旺旺|淘宝|拼多多|店铺|链接|代发|库存|发货|量大从优|诚信(?:经营|为本)|质优价廉|〈(?:电话|账号|网址)〉/gu;
const SURE_WEIGHT = 3;

/**
 * Adverts, by what sellers write: 3 for phrases that hardly anybody else uses (厂家直销, 领取优惠券), 1 for those that occur in news
 * too (促销, 五折). One such word is no advert.
 */
export const adverts: TextRule<AdvertsOptions> = {
  name: 'adverts',
  unit: 'text',
  thresholds: ['max'],
  options: z.strictObject({ max: z.number().min(0) }),
  measure(text) {
    const sure = text.match(SURE)?.length ?? 0;
    return SURE_WEIGHT * sure + new Set(text.match(LIKELY) ?? []).size;
  },
  keep: (score, { max }) => score <= max,
};
