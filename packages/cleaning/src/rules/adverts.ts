import { z } from 'zod';
import type { TextRule } from '../rule.ts';
import { PHRASES, scanText } from '../text/scan-text.ts';

export interface AdvertsOptions {
  max: number;
}

/** What hardly anybody writes but a seller. */
const SURE =
  /代开(?:各类|正规)?发票|(?:代)?办理?(?:假证|各类证件|真假证件)|刻章办证|办证刻章|祖传(?:秘方|中医)|无效退款|包治|进店领券|领券立减|刷单(?:兼职|返[利现]|员)|包您满意|手机就能做|(?:看房|售楼|订房|招商|加盟|投资|贷款|购房)(?:热线|专线)|售楼[处部](?:欢迎|恭候|电话)|套现|(?:男科|妇科|整形|不孕不?育|皮肤病|癫痫)(?:医院|专科)?[^。]{0,12}(?:预约|咨询)|当天下款|首付(?:仅|低至)?\d+万起|兼职(?:日结|日赚|在家)|日(?:赚|入)(?:\d{2,}|[一二三四五六七八九十]*[百千万])|月入(?:过|上)?[\d一二三五十]*万(?!里)|秒批|当天放款|无抵押(?:贷款|放款)|一手货源|(?:诚|急)?招(?:收|募)?(?:各级|全国)?(?:代理|微商|加盟商)|厂家直销|诚邀加盟|招商加盟|假一赔[十三]|货到付款|(?:扫码|点击|戳|进)(?:下方|链接|主页|直播间)*(?:领取|领券|购买|下单|抢购|抢)|领(?:取)?(?:大额|隐藏|内部)?优惠券|高仿|(?<![A-Za-z])A货|支持(?:货到付款|七天无理由)|加(?:我|客服)?(?:微信|薇信|V信|微|VX|vx|QQ|〈账号〉)[^。！？]{0,10}(?:领|购|咨询|进群|送|了解|免费|拿货|下单|看货)|(?:免费|无偿)(?:领取|赠送|试用)[^。]{0,12}(?:名额|限量|扫码|私信|包邮)|(?:全场|全店)[\d一二三四五六七八九.]+折起?|拍下(?:立减|改价|备注)|(?:独家)?代理加盟|包过(?:不过)?(?:退款)?|(?:代写|代做)[\p{Script=Han}]{0,4}(?:论文|作业|报告)|稳赚不赔|带你(?:赚钱|躺赚)/gu;
/** What sellers write, and news and encyclopedias do now and then. */
const LIKELY =
  /包邮|代购|秒杀|特价|促销|折扣|[\d一二三四五六七八九](?:\.\d)?折|买[一二三\d]送[一二三\d]|满\d+(?:减|送)\d+|优惠|现货|批发|团购|抢购|下单|领券|红包|福利|正品|专柜|同款|热卖|热销|爆款|清仓|甩卖|新品上市|加盟|招商|(?:免费)?(?:咨询|预约)|热线|免费|私信|直播间|转发.{0,6}抽|抽\d+[位人]|欢迎(?:选购|订购|咨询|致电|来电|光临)|(?:立即|马上|赶紧|速来)(?:购买|抢|下单|报名)|限时|限量|立减|到手价|原价|到手|(?:仅|只|价)(?:需|要|售)?\d+(?:\.\d+)?元|[￥¥]\d+|\d+元(?:包邮|起)|旺旺|淘宝|拼多多|店铺|链接|代发|库存|发货|量大从优|诚信(?:经营|为本)|质优价廉|〈(?:电话|账号|网址)〉/gu;
/** News of fraud and of consumers speak with the words of sellers. */
const REPORT =
  /诈骗|骗局|骗子|谨防|警惕|警方|民警|公安|查处|查获|打击|捣毁|涉嫌|取缔|曝光|整治|被罚|起诉|投诉平台|消费维权|反诈/u;
const CONTACT = /〈(?:电话|账号|网址)〉/u;
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
    if ((scanText(text).phrases & PHRASES.advert) === 0) return 0;
    if (REPORT.test(text) && !CONTACT.test(text)) return 0;
    const sure = text.match(SURE)?.length ?? 0;
    return SURE_WEIGHT * sure + new Set(text.match(LIKELY) ?? []).size;
  },
  keep: (score, { max }) => score <= max,
};
