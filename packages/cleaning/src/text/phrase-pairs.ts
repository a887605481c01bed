/**
 * Pairs of characters, one of which is in whatever the patterns of a rule match: a text without any of them need not be
 * searched. A test holds them against the patterns.
 */

const DIGITS = [...'0123456789'];
const pairs = (words: string): string[] => words.split(/\s+/u).filter((pair) => pair !== '');
const each = (first: readonly string[], second: readonly string[]): string[] =>
  first.flatMap((one) => second.map((two) => one + two));

/** Of the rule `ui-phrases`. */
export const PAGE_PAIRS: readonly string[] = [
  ...pairs(`点击 单击 点开 轻触 长按 戳查 戳这 戳此 戳图 戳右 戳链 戳下 戳看 戳进 戳打 查看 观看 阅读 浏览 放大 展开 收起 进入 下载 打开 收听 播放 关闭 返回 加载 显示 隐藏 保存 更多 转发 分享 微博 Re
    缓冲 载入 上一 下一 回到 扫一 扫码 扫描 关注 客户 AP Ap ap 注明 转载 未经 如需 版权 侵权 违者 翻版 编辑 讨论 收藏 登录 注册 首页 重播 静音 全屏 倍速 字体 订阅 目录 历史 繁体 简体 打印
    纠错 评论 点赞 举报 播报 复制 回复 删除 缩小 大图 字号 全文 词条 图册 上传 添加 向左 向右 我有 我来 相关 推荐 延伸 扩展 猜你 热门 最新 精彩 网友 全部 参与 发表 写留 条评 已编 到底 正文
    立即 了解 导航 维基 最近 更新 时间 位置 抱歉 作者 声明 本文 欲知 获取 来自 发自 发布 图集 组图 多图 动图 直播 视频 广告 推广 赞助 网页 来源 源自 出处 提供 图源 供图 责编 责任 校对
    监制 审核 摄影 制图 记者 通讯 新华 中新 人民 央视 本报 本刊 本网 视觉 东方 法新 路透 美联 资料 照片 档案 原标 图说 图注 图片 截图 示意 效果 图文 配图 置顶 投票 关灯 投诉 源于 不见 浏览
    文/ 图/ 文／ 图／ 图) 图） 图】 图] 图: 图： 摄) 摄） 摄】 摄] 摄/ 摄: 摄： 戳 看更 听更 看全 看原 看大 看高 看图 看视`),
  ...each([...'顶踩赞大中小'], [...' |/·】[【]']),
  ...each(DIGITS, ['张']),
  ...each(['['], DIGITS),
  ...pairs('发[摄 社摄 社发 社供 网摄 网发 网供 报摄 报供 刊摄 国摄 C摄'),
];

/** Of the rule `adverts`. */
export const ADVERT_PAIRS: readonly string[] = [
  ...pairs(`代开 办理 理假 理各 理真 办假 办各 办真 刻章 办证 祖传 无效 包治 进店 领券 刷单 包您 手机 看房 售楼 订房 招商 加盟 投资 贷款 购房 售楼 套现 男科 妇科 整形 不孕 皮肤 癫痫 当天 首付 兼职 日赚 日入
    月入 秒批 无抵 一手 诚招 急招 招代 招微 招收 招募 招各 招全 招加 厂家 诚邀 假一 货到 领取 领优 领大 领隐 领内 购买 下单 抢购 优惠 高仿 A货 支持 加我 加客 加微 加薇 加V 加v 加Q 免费 无偿 全场 全店 拍下 代理 包过 稳赚 带你
    代写 代做 包邮 代购 秒杀 特价 促销 折扣 现货 批发 团购 抢购 红包 福利 正品 专柜 同款 热卖 热销 爆款 清仓 甩卖 新品 咨询 热线 预约 私信 直播 转发 欢迎 立即 马上 赶紧 速来 限时 限量 立减 到手
    原价 元包 元起 旺旺 淘宝 拼多 店铺 链接 代发 库存 发货 量大 诚信 质优 〈电 〈账 〈网 加〈 扫码 点击 戳领 戳购 戳下 戳链 戳抢 戳主 戳直 进领 进购 进下 进链 进抢 进主 进直`),
  ...each([...DIGITS, ...'一二三四五六七八九'], ['折']),
  ...each([...DIGITS, ...'一二三'], ['送']),
  ...each(['满', '￥', '¥', '抽', '需', '要', '售', '仅', '只', '价'], DIGITS),
];

/** Of the rule `weibo-marks`, where there is no sign such as @. */
export const MARK_PAIRS: readonly string[] = pairs(
  '客户 网页 全景 显示 的微 的秒 的优 微博 秒拍 O视 O投 O文 O直 L视 L投 L文 L直',
);

/** Of the rule `names`: 张三李四, 王婆卖瓜. */
export const EXAMPLE_NAME_PAIRS: readonly string[] = pairs('张三 李四 王五 赵六 张冠 王婆');
