/** Takes recipes of images through the real audit: a layout in a temporary folder, small enough to need no threads. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditImageOptions, auditImage } from '../../src/audit/index.ts';
import type { Report } from '../../src/report/index.ts';
import { type BuiltImage, buildImage, type Files, type ImageRecipe, ociLayout, writeFolder } from './image-builder.ts';

/** What an audit of a recipe may be told. */
export type AuditRecipeOptions = Partial<Omit<AuditImageOptions, 'reference'>>;

/** Key of secret fingerprints in tests. */
export const TEST_KEY = Buffer.from('a key for tests only');

/** Audits one image, or several platforms under one index. */
export function auditRecipe(recipe: ImageRecipe | readonly ImageRecipe[], more?: AuditRecipeOptions): Promise<Report> {
  return auditImages(
    [recipe].flat().map((one) => buildImage(one)),
    more,
  );
}

/** Audits images that are built already. */
export function auditImages(images: readonly BuiltImage[], more?: AuditRecipeOptions): Promise<Report> {
  return auditFiles(ociLayout(images), more);
}

/** Audits files as a folder. */
export async function auditFiles(files: Files, more: AuditRecipeOptions = {}): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'layer-audit-recipe-'));
  try {
    writeFolder(files, folder);
    return await auditImage({ fingerprintKey: TEST_KEY, version: '0.0.0-test', ...more, reference: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs something on recipes of images, each in a folder of its own; several platforms of one image as a list. */
export async function withLayouts<T>(
  recipes: readonly (ImageRecipe | readonly ImageRecipe[])[],
  run: (...references: string[]) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'layer-audit-layouts-'));
  try {
    const references = recipes.map((recipe, i) => {
      const reference = join(folder, `image-${i}`);
      writeFolder(ociLayout([recipe].flat().map((one) => buildImage(one))), reference);
      return reference;
    });
    return await run(...references);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
