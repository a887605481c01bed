/** First paragraphs of entries. Slots: label, tags, category, group, since, code. */
export const LEADS: readonly string[] = [
  '{label}是“{category}”中的一个图形，归入{group}一类，{since}。它常用来表示{tags}。',
  '{label}，{since}的图形字符，属于{group}之下的“{category}”。与它有关的词有{tags}。',
  '在各家字体里，{label}都归在{group}的“{category}”当中，{since}。人们提到{tags}时常会用到它。',
  '{label}指“{category}”里的一种图形，编码为{code}，{since}，含义与{tags}有关。',
  '{label}（编码{code}）是{group}中的常见条目，分类为“{category}”，{since}，多与{tags}一同出现。',
  '本条目介绍{category}中的{label}。它{since}，在聊天和网页里多用来说明{tags}。',
];

export const LEADS_WITHOUT_TAGS: readonly string[] = [
  '{label}是“{category}”中的一个图形，归入{group}一类，{since}，编码为{code}。',
  '在各家字体里，{label}都归在{group}的“{category}”当中，{since}，写作{code}。',
];

/** What it is used for, by emojibase's group. */
export const USES: readonly (readonly string[])[] = [
  [
    '聊天时发送{label}，往往比一句话更能说明心情；放在句末可以让语气显得轻松。',
    '不同年龄的人对{label}的理解并不相同，长辈多取字面的意思，年轻人有时带着调侃。',
    '在评论区里，{label}既可以单独出现，也常常连用三个，用来加强语气。',
    '研究网络语言的学者认为，{label}弥补了文字里缺少的表情和语调。',
  ],
  [
    '{label}多用于介绍人物、职业或动作，也见于公益海报和安全手册。',
    '在学校的宣传栏上，{label}常和简短的说明文字放在一起，方便低年级学生理解。',
    '社交软件允许用户为{label}选择肤色，默认显示为黄色。',
    '设计师画{label}时一般会省去五官的细节，只保留最有辨识度的姿态。',
  ],
  [],
  [
    '自然类网站和科普读物喜欢用{label}作为栏目的小图标。',
    '小朋友认识动植物的时候，{label}往往是卡片上最早出现的一批图形之一。',
    '人们谈到季节、郊游或者宠物的时候，会顺手打出{label}。',
    '在环保主题的宣传画里，{label}也是经常出现的形象。',
  ],
  [
    '餐馆的电子菜单常用{label}标注菜品，外卖软件的分类图标里也能见到它。',
    '约饭的时候发一个{label}，对方一看就懂。',
    '营养师在讲解一日三餐的搭配时，会用{label}来代表其中一类食物。',
    '美食博主喜欢把{label}放在标题的最前面。',
  ],
  [
    '地图软件用{label}标出相应的地点，行程单上也常能看到它。',
    '旅行的人发朋友圈，总少不了{label}一类的图形。',
    '天气预报、交通提示和车站指引中，{label}都有固定的含义。',
    '城市手绘地图里，{label}通常画得比实物更圆润一些。',
  ],
  [
    '每逢节日和比赛，{label}的使用次数都会明显上升。',
    '学校的社团海报上常画着{label}，用来说明活动的内容。',
    '体育新闻的标题前面，编辑有时会加上{label}。',
    '在游戏和玩具类的内容里，{label}是使用较多的图形。',
  ],
  [
    '办公软件和购物网站常把{label}当作功能按钮，点击之后进入相应的页面。',
    '二手交易平台的分类页里，{label}代表其中的一个门类。',
    '说明书里画上{label}，可以省去不少文字。',
    '在待办清单里，人们用{label}提醒自己别忘了带东西。',
  ],
  [
    '{label}多见于公共场所的标志牌和电器面板，讲究一眼就能看懂。',
    '软件界面里的{label}有约定俗成的含义，一般不再另加说明。',
    '在各国的标准里，{label}的线条粗细略有出入，意思大体一致。',
    '出版社排版时，{label}常用来给段落做标记。',
  ],
  [
    '国际赛事的计分牌和旅行类的文章里，{label}出现得最多。',
    '有的系统不显示{label}的图案，而是显示两个字母组成的代码。',
    '地理课上，老师会让学生根据{label}说出所在的大洲。',
    '集邮和收藏爱好者常把{label}列进自己的清单。',
  ],
];

/** How it is drawn. */
export const DRAWINGS: readonly string[] = [
  '各家厂商绘制的{label}在轮廓上相近，颜色和明暗则各有特点。',
  '早期的{label}只有黑白两色，后来逐渐改为彩色。',
  '缩小到十几个像素的时候，{label}仍然要能够辨认，因此线条不宜过细。',
  '有的版本给{label}加了渐变和阴影，有的版本则只用平涂的色块。',
  '二〇一六年以后的几次改版，使各平台上的{label}看起来更加一致。',
];

export const CLOSINGS: readonly string[] = [
  '本条目的释义整理自公开的字符资料，欢迎补充。',
  '如果发现释义有误，可以点击右上角的编辑按钮修改。',
  '更多同类条目请见页面底部的分类。',
];

/** Below the pictures of galleries, beside the name. */
export const GALLERY_PHRASES: readonly string[] = ['点击查看大图', '查看源网页', '图片来源：网络', '点击放大'];
