import { SCENES_OF_PLACES } from './news-scenes-places.ts';
import { SCENES_OF_PEOPLE } from './news-scenes-people.ts';
import { SCENES_OF_THINGS } from './news-scenes-things.ts';

/** An occasion that news speak of; the pictures are what hung on its walls. Slots: city, topic, person, n, few. */
export interface Scene {
  headlines: readonly string[];
  leads: readonly string[];
  bodies: readonly string[];
}

/** By emojibase's group. */
export const SCENES: Readonly<Record<number, readonly Scene[]>> = {
  ...SCENES_OF_PEOPLE,
  ...SCENES_OF_PLACES,
  ...SCENES_OF_THINGS,
};

/** Captions that name what the picture shows. Slots: label, city, topic, person. */
export const NAMING_CAPTIONS: readonly string[] = [
  '图为展板上的“{label}”。{person} 摄',
  '图为以“{label}”为题的一幅作品',
  '孩子们笔下的{label}。本报记者 {person} 摄',
  '展出的插画《{label}》吸引了不少目光',
  '{label}是当天被拍照最多的一幅',
  '志愿者向参观者介绍“{label}”的画法（{person} 供图）',
  '墙上的{label}。图片来源：主办方',
  '印有{label}图案的明信片',
  '{city}市民在“{label}”前合影留念',
  '宣传册内页：{label}',
  '参选作品之一：{label}',
  '工作人员正在挂起画有{label}的展板',
  '▲{label} 摄影：{person}',
  '资料图：{label}',
];

/** Captions that say where and when, and not what. */
export const IDLE_CAPTIONS: readonly string[] = [
  '活动现场。{person} 摄',
  '图为活动现场一角',
  '前来参观的市民络绎不绝',
  '展品之一。图片来源：网络',
  '主办方供图',
  '现场展出的作品。本报记者 {person} 摄',
  '点击查看大图',
  '小读者正在认真看展',
];

/** Sentences between two figures that name one of them in passing. */
export const NAMING_SENTENCES: readonly string[] = [
  '在展厅的入口处，“{label}”排在第一个，[不少家长停下来给孩子讲解|路过的人都会看上两眼]。',
  '记者看到，画着{label}的那块展板前围的人最多，[有人边看边记笔记|工作人员几次提醒大家往里走]。',
  '来自{city}的{person}选了{label}，他说[这是最容易讲清楚的一个|自己从小就喜欢]。',
  '“{label}看着简单，真要画得传神并不容易。”{person}说。',
  '与往年相比，今年新增了{label}等内容，[占了整整一面墙|印成了可以带走的卡片]。',
  '投票结果显示，{label}得到了{n}票，[排在前列|比去年多出不少]。',
  '一位小朋友指着{label}问个不停，讲解员{person}[蹲下来一一作答|笑着请他自己先猜一猜]。',
  '在互动环节，主持人举起画有{label}的卡片，台下[很快有人抢答|一下子热闹起来]。',
];

/** Sentences that would do for anything. */
export const FILLERS: readonly string[] = [
  '据介绍，活动从筹备到开放历时{few}个月，前后有{n}名志愿者参与。',
  '主办方提醒，周末客流较大，参观者可以提前在网上预约，错峰出行。',
  '为方便老年人，现场还设置了休息区和饮水点，并安排专人引导。',
  '“以后每年都会办下去。”活动负责人{person}表示，下一步打算把内容送到社区和乡村学校。',
  '截至记者发稿时，当天的入场人数已经超过{n}人。',
  '活动期间，附近的公交线路将适当延长运营时间。',
  '天气预报显示，未来三天{city}以多云为主，适合外出。',
  '不少市民拍下照片发到网上，相关话题一度登上同城热榜。',
  '一些商户也借机推出了纪念章和明信片，销路不错。',
];

/** With what no dataset should keep. */
export const CONTACTS: readonly string[] = [
  '咨询电话：010-6{few}{few}{few}1234，联系人{person}。',
  '报名请发送邮件至 huodong{n}@news.wenlan.test，注明姓名和人数。',
  '热线电话：400-8{few}{few}-{n}0，工作日九点至十七点有人接听。',
  '如需团体参观，请致电1380000{few}{few}{few}{few}与{person}联系。',
  '投稿邮箱：tougao@news.wenlan.test，作品一经采用即付稿酬。',
];
