/**
 * Versions of well-known programs and libraries that images build from source, so that no package manager knows of them:
 * the programs of the official images of languages, databases and servers. The name of the file says what to look for, and
 * its bytes whether it is that.
 */

/** What a program is and of which version, as its bytes say. */
export interface Product {
  readonly name: string;
  readonly version: string;
}

/** How a product's version is found. */
interface ProductText {
  readonly product: string;
  readonly file: RegExp;
  /** Stands in the program near its version. */
  readonly literal: (match: RegExpExecArray) => string;
  /** Where the version is in the text around the literal. */
  readonly pattern: RegExp;
}

const VERSION = String.raw`(\d+\.\d+(?:\.\d+)*(?:-?(?:alpha|beta|rc|dev)\d*)?)`;

const text = (product: string, file: RegExp, literal: string, pattern: string | RegExp): ProductText => ({
  ...{ product, file },
  pattern: typeof pattern === 'string' ? new RegExp(`${literal}${pattern}`) : pattern,
  literal: () => literal,
});

const PRODUCTS: readonly ProductText[] = [
  {
    product: 'python',
    file: /^(?:lib)?python(\d\.\d+)[a-z]?(?:\.so(?:\.[\d.]+)?)?$/,
    // Python/getversion.c: the version alone, between the ends of texts.
    literal: ([, series]) => `\0${series}.`,
    pattern: /\0(\d\.\d+\.\d+(?:(?:a|b|rc)\d+)?\+?)\0/,
  },
  text('node', /^node(?:js)?$|^libnode\.so[\d.]*$/, 'node.js/v', String.raw`(\d+\.\d+\.\d+)`),
  text(
    'ruby',
    /^ruby$|^libruby[\d.-]*\.so[\d.]*$/,
    'ruby ',
    String.raw`(\d+\.\d+\.\d+(?:(?:p|preview|rc|dev)\d*)?) \(`,
  ),
  text('php', /^php[\d.]*$|^php-(?:fpm|cgi)[\d.]*$|^libphp[\d.]*\.so$/, 'X-Powered-By: PHP/', VERSION),
  text('perl', /^perl[\d.]*$|^libperl\.so[\d.]*$/, '/perl5/', String.raw`(\d+\.\d+\.\d+)\b`),
  text('nginx', /^nginx$/, 'nginx version: nginx/', VERSION),
  text('httpd', /^(?:httpd|apache2)$/, 'Apache/', String.raw`(\d+\.\d+\.\d+) `),
  text('haproxy', /^haproxy$/, ' version ', String.raw`(\d+\.\d+(?:\.|-dev|-rc)\d+)[\w.+~-]{0,40}, released 20`),
  text('memcached', /^memcached$/, 'memcached ', String.raw`(\d+\.\d+\.\d+)`),
  text(
    'postgresql',
    /^postgres$/,
    'PostgreSQL ',
    String.raw`(\d+(?:\.\d+){0,2}(?:(?:alpha|beta|rc)\d+)?)(?: \([^)]{0,60}\))? on `,
  ),
  text('mariadb', /^(?:mariadbd?|mysqld?)$/, '-MariaDB', /(\d+\.\d+\.\d+)-MariaDB[\0-]/),
  text('mysql', /^mysqld?$/, '/mysql-', String.raw`(\d+\.\d+\.\d+)/`),
  // src/mkreleasehdr.sh: the version, then the machine and the time of the build.
  ...['redis', 'valkey'].map((name) =>
    text(
      name,
      new RegExp(`^${name}-(?:server|check-rdb)$`),
      '000000000\0',
      /(\d{1,2}\.\d{1,2}\.\d{1,2})(?:[a-z][\w.]{0,64}-)?\d{10}000000000\0/,
    ),
  ),
  text(
    'openssl',
    /^openssl$|^libcrypto\.so[\d.]*$/,
    'OpenSSL ',
    String.raw`(\d+\.\d+\.\d+[a-z]?(?:-[\w-]+)?) +\d{1,2} \w{3} \d{4}`,
  ),
  text('curl', /^curl$|^libcurl[\w-]*\.so[\d.]*$/, 'libcurl/', VERSION),
  text('zlib', /^libz\.so[\d.]*$/, 'deflate ', String.raw`(\d+\.\d+[\d.]*) Copyright`),
  text(
    'glibc',
    /^libc\.so\.6$|^libc-[\d.]+\.so$/,
    'GNU C Library (',
    /GNU C Library \([^)]{0,80}\) (?:stable|development) release version (\d+\.\d+)/,
  ),
];

/** What is looked at around a literal. */
const BEFORE_BYTES = 100;
const BEHIND_BYTES = 160;
const TAIL_BYTES = BEFORE_BYTES + BEHIND_BYTES + 64;

/** Looks in one program for the version of what its name says that it may be. */
export class ProductFinder {
  readonly #wanted: readonly { readonly text: ProductText; readonly literal: Buffer }[];
  #tail: Uint8Array = new Uint8Array(0);
  #found: Product | null = null;

  private constructor(wanted: readonly { readonly text: ProductText; readonly literal: Buffer }[]) {
    this.#wanted = wanted;
  }

  /** One for a file of a name; null where no product has it. */
  static for(name: string): ProductFinder | null {
    const wanted = PRODUCTS.flatMap((one) => {
      const match = one.file.exec(name);
      return match === null ? [] : [{ text: one, literal: Buffer.from(one.literal(match), 'latin1') }];
    });
    return wanted.length === 0 ? null : new ProductFinder(wanted);
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array): void {
    if (this.#found !== null) return;
    const joined = this.#tail.byteLength === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    this.#search(joined, joined.byteLength - BEHIND_BYTES);
    this.#tail = new Uint8Array(joined.subarray(-TAIL_BYTES));
  }

  /** What it is; null where its bytes do not say so. */
  finish(): Product | null {
    if (this.#found === null) this.#search(this.#tail, this.#tail.byteLength);
    return this.#found;
  }

  #search(bytes: Uint8Array, limit: number): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const {
      text: { product, pattern },
      literal,
    } of this.#wanted) {
      for (let at = buffer.indexOf(literal); at >= 0 && at < limit; at = buffer.indexOf(literal, at + 1)) {
        const around = buffer.toString('latin1', Math.max(0, at - BEFORE_BYTES), at + BEHIND_BYTES);
        const version = pattern.exec(around)?.[1];
        if (version === undefined) continue;
        this.#found = { name: product, version };
        return;
      }
    }
  }
}
