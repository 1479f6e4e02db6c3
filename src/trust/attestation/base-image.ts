import type { Material, ProvenanceFacts } from './facts.ts';
import { isPinned } from './provenance.ts';

/** An image that another one was built upon. */
export interface BaseImage {
  /** As whoever built it wrote it, without a digest. */
  readonly reference: string;
  /** `sha256:…`; null where it is not pinned. */
  readonly digest: string | null;
  /**
   * `layers`: the steps of BuildKit say which image brought the lowest layers. `only-image`: it is the only image that
   * the build used.
   */
  readonly basis: 'layers' | 'only-image';
}

/** Images that parse instructions, and are in no image. */
const FRONTENDS = /(?:^|\/)docker\/(?:dockerfile|buildkit-syft-scanner)(?:[:@-]|$)/;

/**
 * The image that provenance says another one was built upon; null where it does not tell. Of several images it is the
 * one whose layers are the lowest of this image's.
 * @param layers digests of the image's layers as they are stored
 */
export function baseImageOf({ bases, materials }: ProvenanceFacts, layers: readonly string[]): BaseImage | null {
  const lowest = bases
    .filter((base) => base.layers.length <= layers.length && base.layers.every((digest, i) => digest === layers[i]))
    .toSorted((a, b) => b.layers.length - a.layers.length)[0];
  if (lowest !== undefined) return { ...splitDigest(lowest.reference), basis: 'layers' };
  const images = new Map(
    materials.flatMap((material) => {
      const image = imageOf(material);
      return image === null || FRONTENDS.test(image.reference) ? [] : [[`${image.reference}@${image.digest}`, image]];
    }),
  );
  const [first] = images.values();
  return first === undefined || images.size > 1 ? null : { ...first, basis: 'only-image' };
}

/** Materials that are images, by the names that builders give them; null for any other. */
export function imageOf({ uri, digests }: Material): Pick<BaseImage, 'reference' | 'digest'> | null {
  const sha256 = digests['sha256'];
  const known = sha256 === undefined || !/^[a-f0-9]{64}$/.test(sha256) ? null : `sha256:${sha256}`;
  const [, scheme, rest = ''] = /^(pkg:docker\/|pkg:oci\/|docker-image:\/\/|docker:\/\/|oci:\/\/)(.+)$/.exec(uri) ?? [];
  if (scheme === undefined) return null;
  if (!scheme.startsWith('pkg:')) {
    const { reference, digest } = splitDigest(rest);
    return { reference, digest: known ?? digest };
  }
  const [path = '', query = ''] = rest.split('?');
  const qualifiers = new URLSearchParams(query);
  const [name = '', version = ''] = path.split('@').map(decode);
  const repository = scheme === 'pkg:oci/' ? (qualifiers.get('repository_url') ?? name) : name;
  const isDigest = version.startsWith('sha256:');
  const tag = isDigest ? qualifiers.get('tag') : version === '' ? null : version;
  const digest = known ?? qualifiers.get('digest') ?? (isDigest ? version : null);
  return { reference: `${repository}${tag === null ? '' : `:${tag}`}`, digest };
}

/** Images among materials that nothing pins. */
export function looseMaterials({ materials }: Pick<ProvenanceFacts, 'materials'>): Material[] {
  return materials.filter((one) => !isPinned(one));
}

function splitDigest(text: string): { reference: string; digest: string | null } {
  const [reference = '', digest] = text.split('@');
  return { reference, digest: digest !== undefined && /^sha256:[a-f0-9]{64}$/.test(digest) ? digest : null };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
