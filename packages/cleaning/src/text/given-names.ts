/** Characters that stand in given names much more than elsewhere. */
const DISTINCT =
  '娜婷芳娟莉颖琳璐倩雯妍怡萱轩浩涵梓昊睿翔磊鹏杰涛斌俊娇媛嫣婕婧妮姗姝娴娅婉媚婵玲珊珍琪瑶瑾璇瑞琴瑛琼珺瑜璟瑄玥玮珏琦琰琛锋钧铭鑫锐铮钰锦淑惠慧敏静洁丽秀英艳燕莹萍蓉蕾薇菲茜芸茹菁莎萌蓓芬芹莲菊桂霞霖霏靖晓晨晖旭昕晗晴曦昱晟晶旻昭煜烨炜焕炳烁俐佳佩伊仪伟伦健翰翊羽宇宏宸宪宾寅宣宥豪毅凯凡博卓峰峻嵘岚巍嵩帅彬彦彤彪志忠恒恺悦愉振捷敬斐栋楠楷桐榕樱欣歆毓沛沁泓泽洋洪浚淇淳渊润滢漪潇澜澄瀚熙祺禹祯' +
  '娥姣妙姿嫚嫱蓝芮芷苒若莞荷菡蔚薛蕙蕊藤邦郁钊钢锟镇隽雁雅韵韬颜飒馨骁骏鸿鹤麒黛甜冰冉冬凌勋勇勤勐卉叡启咏哲喆嘉坤垚培堃墨奕婀孟季尧岩崇巧帆庚庭延廷弘弛彰德怀恩悠惜慈懿戈扬承拓挺攀攸敦斓旋旎昂晏景智曼朋朔朗杉柏柔柯栩根桦梅梦棋棠森槐樊殊毕汐汝沐沫泉泊洛浦海涓涟淼渝渲湘溪滨漫瀛灏灵灿炫烽焱焰煊照煦熠燊爽玄玉玫珂珈珠琅琨琬琳瑗璋璞甫甯畅皓盈盛睦知硕碧祎禄禧秉秋稷竣笑筠箐紫红纯纲绍绣绮维绪缘羿翠耀聪育胤臻舒航艺芊苏茂荔莺菀葵虹蝶裕诗诚诺谦谨豫贤赟超越辉辰迪逸逊遥邈郡钦铁镕长闯闻陶雄霄霓青非韦韶顺颂飏飞馥骞鲲黎雪茵沅荃芙妤婳炎铎锴骅驰骥淮渤珩屹霁昀晔奎魁坚仲伯芯泳沂滔娣壮威岳波蔓苹渺瓒盼瞳禾笛筱羚翎耘腾葆轶迅颐骋鹃鸥鹭麟龄霆隆铃铄继舟蕴跃';
/** Characters of given names that are everyday words as well. */
const ORDINARY =
  '阿升国建华明文军平春小大永新东成胜民光云龙虎生家祥福义中天安康庆金银立利兴发达强刚力进全权学思子少正世元兵兰花竹松林江河山石月星阳雨风夏雷美爱心如意可依书画一亚亦之双来喜宝贵才满荣友益相益昌盛富余财孝廉善良仁礼信保守卫群谷川亮远近向先克士本有存道宗尚奇其衡树柱根栓锁狗娃妹弟玄清水冲开启真素白芝香仙贞凤鸾俭钢泰运鼎鸣万千百里峡燃业创京津沪南北西丹朱高朝曙霜露丰贝幼欢乐桃朵鹰杭臣辅岭猛武奋柳圆园宁连吉汉传治程竞简蒙言语野阔音迎鲁默齐苑赫陌然稳';
/** Of one character, they are hardly a name: 王一, 李之. */
const NEVER_ALONE = new Set(
  '一之大小中有可其以亦同来开相发行全天家子余近本心高朝白水书画里花风石河山月利力业道真远权宝新运国学生意正满达',
);

/** How far a character speaks for a given name; others than these have none. */
export const GIVEN_WEIGHTS: ReadonlyMap<string, number> = new Map([
  ...[...ORDINARY].map((character) => [character, 0.5] as const),
  ...[...DISTINCT].map((character) => [character, 1] as const),
]);

/** Whether a given name can be this one character. */
export const standsAlone = (character: string): boolean => !NEVER_ALONE.has(character);
