import { describe, expect, test } from 'vitest';
import { measureLayers } from '../../../src/audit/index.ts';
import { renderLayersSvg } from '../../../src/report/index.ts';
import { TEST_KEY, withLayouts } from '../../support/audit-recipe.ts';
import type { ImageRecipe } from '../../support/image-builder.ts';
import { file } from '../../support/tar-writer.ts';

const EVIL = '"><script>alert(1)</script>&amp;\u001b[2J\u202e\ufffe';
const TOKEN = `gh${'p_'}${'Zq3vTr8Kd2Lm9Xs4Bw7Yc1Hn6Jf5Ge0RabU2'}`;
const recipe: ImageRecipe = {
  steps: [
    {
      createdBy: 'ADD base.tar /',
      members: [file('usr/lib/large', 'x'.repeat(4000)), file('etc/small', 'y'.repeat(1000))],
    },
    {
      createdBy: `RUN echo '${EVIL}' ${TOKEN}`,
      members: [file(`app/${EVIL}`, 'z'.repeat(3000)), file('app/token', TOKEN)],
    },
  ],
};

function draw(recipes: readonly ImageRecipe[], treemap = true): Promise<string> {
  return withLayouts([recipes], async (reference = '') =>
    renderLayersSvg(await measureLayers({ reference, treemap, fingerprintKey: TEST_KEY, version: '0.0.0' })),
  );
}

/** The names of all elements, in order; fails where they are not closed in the order in which they were opened. */
function elementsIn(svg: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const body = svg.replace(/^<\?xml[^>]*\?>\n/, '');
  for (const [, close, name = '', attributes = '', empty] of body.matchAll(
    /<(\/?)([a-z]+)((?: [a-zA-Z-]+="[^"<]*")*)(\/?)>/g,
  )) {
    if (close === '/') expect(open.pop()).toBe(name);
    else {
      names.push(name);
      expect(attributes).not.toMatch(/ (?:on[a-z]+|href|src|style)=/);
      if (empty !== '/') open.push(name);
    }
  }
  expect(open).toEqual([]);
  // Nothing else looks like an element.
  expect(body.replace(/<(?:\/?)[a-z]+(?: [a-zA-Z-]+="[^"<]*")*\/?>/g, '')).not.toContain('<');
  return names;
}

describe('a picture of layers', () => {
  test('is well-formed and stands alone, whatever names and instructions say', async () => {
    const svg = await draw([recipe]);
    expect(new Set(elementsIn(svg))).toEqual(new Set(['svg', 'title', 'desc', 'rect', 'text', 'g']));
    expect(svg).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;\\x1b[2J\\u{202e}');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
    expect(svg).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\ufffe\uffff]/);
    expect(svg.match(/https?:/g)).toEqual(['http:']);
  });

  test('gives no secret away', async () => {
    expect(await draw([recipe])).not.toContain(TOKEN);
  });

  test('names the large parts, and all in tooltips, with layer and share', async () => {
    const svg = await draw([recipe]);
    expect(svg).toMatch(/<text [^>]*>large<\/text>/);
    expect(svg).toContain('<title>/usr/lib/large\nlayer 0, 4.0 kB, 50%</title>');
    expect(svg).toMatch(/layer 0: 5\.0 kB \(6\d%\) {2}ADD base\.tar \//);
  });

  test('has a part for each platform', async () => {
    const svg = await draw([recipe, { ...recipe, platform: 'linux/arm64' }]);
    expect(svg).toMatch(/linux\/amd64[\s\S]*linux\/arm64/);
    elementsIn(svg);
  });

  test('of an image without files is a picture of nothing', async () => {
    elementsIn(await draw([{ steps: [{ createdBy: 'x', members: [file('a', '')] }] }]));
  });
});
