import { describe, expect, it } from 'vitest';
import { HtmlPage } from './html-page.ts';
import { pictureCandidates } from './picture-candidates.ts';

/** Texts of each picture by its file name, as `kind:text`. */
function textsOf(body: string): Record<string, string[]> {
  const page = new HtmlPage(`<html><body>${body}</body></html>`, 'http://a.test/');
  const candidates = pictureCandidates(page, { content: null, titles: [], tags: [] });
  return Object.fromEntries(
    candidates.map(({ imageUrl, texts }) => [imageUrl.replace(/^.*\//, ''), texts.map(({ kind, text }) => `${kind}:${text}`)]),
  );
}

describe('captions', () => {
  it.each([
    ['figcaption', '<figure><img src="1"><figcaption>说明</figcaption></figure>'],
    ['figcaption before it', '<figure><figcaption>说明</figcaption><img src="1"></figure>'],
    [
      'MediaWiki thumbnail',
      '<div class="thumb"><div class="thumbinner"><a><img src="1"></a><div class="thumbcaption">说明</div></div></div>',
    ],
    [
      'gallery box',
      '<ul class="gallery"><li class="gallerybox"><div class="thumb"><img src="1"></div><div class="gallerytext"><p>说明</p></div></li></ul>',
    ],
    ['WordPress', '<div class="wp-caption"><img src="1"><p class="wp-caption-text">说明</p></div>'],
    ['picture description', '<div class="image-box"><img src="1"><span class="pic-desc">说明</span></div>'],
    [
      'infobox',
      '<table class="infobox"><tr><td><img src="1"></td></tr><tr><td><div class="infobox-caption">说明</div></td></tr></table>',
    ],
    ['centred line below', '<p><img src="1"></p><p style="text-align: center">说明</p>'],
  ])('%s', (_, body) => {
    expect(textsOf(body)['1']).toEqual(['caption:说明']);
  });

  it.each([
    '▲大熊猫在吃竹子',
    '图：大熊猫在吃竹子',
    '图为大熊猫在吃竹子',
    '大熊猫在吃竹子。新华社记者 张三 摄',
    '大熊猫（图片来源：网络）',
    '图1 大熊猫',
  ])('a line below a picture that stands alone: %s', (line) => {
    expect(textsOf(`<p>上文说了一些别的事情。</p><p><img src="1"></p><p>${line}</p><p>下文又说了一些。</p>`)['1']).toEqual([
      `caption:${line}`,
      'surrounding:上文说了一些别的事情。',
      'surrounding:下文又说了一些。',
    ]);
  });

  it('each picture of a row has its own', () => {
    const cell = (name: string): string => `<div class="item"><img src="${name}"><p class="img-title">图${name}</p></div>`;
    expect(textsOf(`<div>${cell('1')}${cell('2')}${cell('3')}</div>`)).toEqual({
      1: ['caption:图1'],
      2: ['caption:图2'],
      3: ['caption:图3'],
    });
  });

  it('of a figure with several pictures is for all', () => {
    expect(textsOf('<figure><img src="1"><img src="2"><figcaption>两张</figcaption></figure>')).toEqual({
      1: ['caption:两张'],
      2: ['caption:两张'],
    });
  });

  it('an ordinary paragraph, or a whole article in a caption class, is none', () => {
    expect(textsOf('<p><img src="1"></p><p>这一段只是正文。</p>')['1']).toEqual(['surrounding:这一段只是正文。']);
    const long = '很长的正文。'.repeat(60);
    expect(
      textsOf(`<div class="image-text"><img src="1"><p>${long}</p></div>`)['1']!.every((text) => !text.startsWith('caption')),
    ).toBe(true);
  });
});

describe('surrounding text', () => {
  it('is the nearest before and after, at most 200 characters of each', () => {
    const texts = textsOf(`<p>更早</p><p>${'前'.repeat(300)}</p><p><img src="1"></p><p>${'后'.repeat(300)}</p><p>更晚</p>`)['1']!;
    expect(texts).toEqual([`surrounding:${'前'.repeat(200)}`, `surrounding:${'后'.repeat(200)}`]);
  });

  it('of a picture in a line is the line', () => {
    expect(textsOf('<p>别的</p><p>前面<img src="1">后面</p><p>别的</p>')['1']).toEqual(['surrounding:前面', 'surrounding:后面']);
  });

  it('does not reach past the heading of the next section, nor out of a card', () => {
    expect(textsOf('<p>前文</p><p><img src="1"></p><h2>下一节</h2><p>后文</p>')['1']).toEqual(['surrounding:前文']);
    expect(textsOf('<p>别的</p><div><img src="1"><p>卡片的文字</p></div><div><img src="2"><p>另一张</p></div>')).toEqual({
      1: ['surrounding:卡片的文字'],
      2: ['surrounding:另一张'],
    });
  });

  it('is not what is hidden, scripts or navigation', () => {
    const body =
      '<nav><p>首页 新闻</p></nav><p style="display:none">看不见</p><script>var x</script><p><img src="1"></p><footer><p>版权所有</p></footer>';
    expect(textsOf(body)['1']).toEqual([]);
  });
});

describe('pictures', () => {
  it('of noscript count, those of navigation get only what is said of them', () => {
    const body = `<header class="site-header"><img src="logo" alt="网站"></header><p>正文的第一段。</p><noscript><img src="1" title="真的"></noscript>
      <div class="advert"><p>广告语</p><img src="ad" alt="买"></div>`;
    expect(textsOf(body)).toEqual({ logo: ['alt:网站'], 1: ['title:真的', 'surrounding:正文的第一段。'], ad: ['alt:买'] });
  });

  it('nest as deep as they like', () => {
    const depth = 3_000;
    expect(
      textsOf(`${'<div>'.repeat(depth)}<img src="deep">${'</div>'.repeat(depth)}<p>外面</p><img src="1" alt="一">`)['1'],
    ).toContain('alt:一');
  });

  it('of the metadata come last, with its words; nothing is said twice', () => {
    const html = `<meta property="og:image" content="/og.png"><meta property="og:description" content="简介"><p>正文</p><img src="/1.png" alt="同样" title="同样">`;
    const candidates = pictureCandidates(new HtmlPage(html, 'http://a.test/'), {
      content: null,
      titles: ['标题'],
      tags: ['标签', '标题'],
    });
    expect(candidates).toEqual([
      {
        imageUrl: 'http://a.test/1.png',
        license: null,
        texts: [
          { kind: 'alt', text: '同样' },
          { kind: 'title', text: '标题' },
          { kind: 'surrounding', text: '正文' },
          { kind: 'tag', text: '标签' },
        ],
      },
      {
        imageUrl: 'http://a.test/og.png',
        license: null,
        texts: [
          { kind: 'title', text: '标题' },
          { kind: 'surrounding', text: '简介' },
          { kind: 'tag', text: '标签' },
        ],
      },
    ]);
  });
});
