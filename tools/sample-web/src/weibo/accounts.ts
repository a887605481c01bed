/** Who posts. */
export interface Account {
  id: string;
  name: string;
  description: string;
  /** Of emojibase: what the pictures show. */
  groups: readonly number[];
}

export const ACCOUNTS: readonly Account[] = [
  { id: '1670071920', name: '每日表情研究所', description: '收集世界上所有的表情', groups: [0] },
  { id: '1728834105', name: '街角速写本', description: '画街上的人，画身边的事', groups: [1] },
  { id: '1845526677', name: '动植物观察员', description: '自然爱好者 / 不接商单', groups: [3] },
  { id: '1903317284', name: '吃货小分队', description: '今天吃什么，是个问题', groups: [4] },
  { id: '2016648833', name: '旅行手账本', description: '地图控，云彩收集者', groups: [5] },
  { id: '2139905516', name: '周末去哪玩', description: '运动、桌游、节日', groups: [6] },
  { id: '2257713048', name: '好物收纳铺', description: '生活里的小东西', groups: [7] },
  { id: '2381160927', name: '符号冷知识', description: '每天认识一个符号', groups: [8] },
  { id: '2490082361', name: '国旗收藏夹', description: '一百九十多面，慢慢集', groups: [9] },
];

/** Shows its posts to who is logged in. */
export const PRIVATE_ACCOUNT = '2600004417';
/** Never posted anything. */
export const EMPTY_ACCOUNT = '2711130095';
