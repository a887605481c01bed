import { describe, expect, it } from 'vitest';
import { extract, linksOf, pageOf, textsOf } from '../../test/support/page-of.ts';
import { encyclopedia } from './encyclopedia.ts';
import { web } from './web.ts';

const LEAD = '大熊猫是中国特有的哺乳动物，以竹子为食，生活在山里。';

const MEDIAWIKI = `<html><head><title>大熊猫 - 百科</title></head><body>
<nav id="mw-navigation"><img src="/logo.png" alt="百科首页"><a href="/wiki/Special:Random">随机</a></nav>
<h1 id="firstHeading">大熊猫</h1>
<div id="mw-content-text">
  <table class="infobox"><tr><td><img src="/thumb/info.jpg" srcset="/thumb/info.jpg 1x, /full/info.jpg 2x" alt="一只大熊猫"></td></tr>
    <tr><th>学名</th><td>Ailuropoda melanoleuca</td></tr></table>
  <p>${LEAD}</p>
  <h2>食物</h2>
  <div class="thumb"><a class="image"><img class="lazy" src="data:image/gif;base64,R0lG" data-src="/bamboo.jpg"></a><div class="thumbcaption">吃竹子的大熊猫</div></div>
  <p>大熊猫每天要吃掉很多竹子，一天里大半的时间都在吃。</p>
  <h2>图集</h2>
  <ul class="gallery"><li class="gallerybox"><img src="/g1.jpg"><div class="gallerytext">幼崽</div></li><li class="gallerybox"><img src="/g2.jpg"></li></ul>
  <a href="/wiki/%E7%AB%B9%E5%AD%90">竹子</a><a href="/wiki/Category:Bears">熊科</a><a href="/w/index.php?title=X&action=edit">编辑</a>
</div>
<div id="catlinks"><ul><li><a href="/wiki/Category:Bears">熊科动物</a></li><li><a href="/wiki/Category:China">中国动物</a></li></ul></div>
</body></html>`;

const BAIKE = `<html><head><title>竹子_百科</title><meta name="keywords" content="竹子,植物"></head><body>
<div class="main-content"><dl class="lemmaWgt-lemmaTitle"><dd class="lemmaWgt-lemmaTitle-title"><h1>竹子</h1></dd></dl>
<div class="summary-pic"><a><img src="/s.jpg"></a></div>
<div class="lemma-summary"><div class="para">竹子是一种高大的草本植物，生长得很快。</div></div>
<div class="album-list"><a><img data-original="/a.jpg"></a></div></div>
<div class="tag-list"><span class="tag-item">禾本科</span></div></body></html>`;

describe('an encyclopedia', () => {
  it('laid out as MediaWiki', async () => {
    const extraction = await extract(encyclopedia, pageOf('http://wiki.test/wiki/Panda', MEDIAWIKI));
    const tags = ['tag:熊科动物', 'tag:中国动物'];
    expect(Object.fromEntries(extraction.candidates.map((candidate) => [candidate.imageUrl, textsOf(candidate)]))).toEqual({
      'http://wiki.test/logo.png': ['alt:百科首页'],
      'http://wiki.test/full/info.jpg': ['alt:一只大熊猫', 'title:大熊猫', `surrounding:${LEAD}`, ...tags],
      'http://wiki.test/bamboo.jpg': [
        'caption:吃竹子的大熊猫',
        'title:大熊猫',
        `surrounding:${LEAD}`,
        'surrounding:大熊猫每天要吃掉很多竹子，一天里大半的时间都在吃。',
        ...tags,
      ],
      'http://wiki.test/g1.jpg': expect.arrayContaining(['caption:幼崽', 'title:大熊猫', ...tags]) as string[],
      'http://wiki.test/g2.jpg': expect.arrayContaining(['title:大熊猫', ...tags]) as string[],
    });
    // Pages about pages aren't followed.
    expect(linksOf(extraction)).toEqual([
      'http://wiki.test/wiki/%E7%AB%B9%E5%AD%90',
      'http://wiki.test/wiki/Category:Bears',
      'http://wiki.test/wiki/Category:China',
    ]);
  });

  it('laid out as Baike', async () => {
    const { candidates } = await extract(encyclopedia, pageOf('http://baike.test/item/1', BAIKE));
    const lead = 'surrounding:竹子是一种高大的草本植物，生长得很快。';
    expect(candidates.map((candidate) => [candidate.imageUrl, ...textsOf(candidate)])).toEqual([
      ['http://baike.test/s.jpg', 'title:竹子', lead, 'tag:禾本科'],
      ['http://baike.test/a.jpg', 'title:竹子', lead, 'tag:禾本科'],
    ]);
  });

  it('has nothing in what is no HTML', async () => {
    for (const adapter of [encyclopedia, web]) {
      expect(await extract(adapter, pageOf('http://a.test/', '{"img": "x.png"}'))).toEqual({ candidates: [], links: [] });
    }
  });
});

it('any page, with everything that it says', async () => {
  const html =
    '<title>花</title><meta name="keywords" content="春天"><p>路边开了很多花。</p><img src="1.jpg" alt="一朵花"><a href="2.html">下一页</a>';
  const extraction = await extract(web, pageOf('http://a.test/', html));
  expect(extraction.candidates.map((candidate) => [candidate.imageUrl, ...textsOf(candidate)])).toEqual([
    ['http://a.test/1.jpg', 'alt:一朵花', 'title:花', 'surrounding:路边开了很多花。', 'surrounding:下一页', 'tag:春天'],
  ]);
  expect(linksOf(extraction)).toEqual(['http://a.test/2.html']);
});
