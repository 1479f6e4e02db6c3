import { baseName } from '../../core/index.ts';
import { judgeInstructions } from '../instructions.ts';
import type { Rule } from '../rule.ts';
import type { ShellCall } from '../shell-text.ts';
import { switchesTlsOff } from '../tls-off.ts';

/** Words that switch a check off, by the program that they are given to. */
const UNVERIFIED: readonly (readonly [program: RegExp, word: RegExp])[] = [
  [/^curl$/, /^--(?:insecure|proxy-insecure|doh-insecure)$|^-[a-jl-zA-Z]*k/],
  [/^wget$/, /^--no-check-certificate$/],
  [
    /^(?:apt(?:-get)?|aptitude)$/,
    /^--(?:allow-unauthenticated|force-yes|allow-insecure-repositories)$|Allow(?:Unauthenticated|InsecureRepositories)=(?:true|1|yes)|Verify-Peer=(?:false|0|no)/i,
  ],
  [/^apk$/, /^--allow-untrusted$/],
  [
    /^(?:(?:yum|dnf|microdnf|tdnf)(?:-config-manager)?|zypper)$/,
    /^--(?:nogpgcheck|no-gpg-checks?)$|^--setopt=\S*(?:gpgcheck|sslverify)=(?:0|false|no)$/i,
  ],
  [/^rpm$/, /^--(?:nosignature|nodigest|nofiledigest|noverify|nogpg)$/],
  [/^(?:pip[23]?(?:\.\d+)?|uv|python[23]?(?:\.\d+)?)$/, /^--(?:trusted-host|allow-insecure-host)(?:=|$)/],
  [/^(?:npm|yarn|pnpm)$/, /^--no-strict-ssl$|^(?:--)?strict-ssl=(?:false|0)$/i],
  [/^git$/, /^http\.(?:\S+\.)?sslverify=(?:false|0|no|off)$/i],
];
/** Settings whose value is a word of its own. */
const SETTINGS =
  /^(?:npm|yarn|pnpm)\s+(?:(?:config|c)\s+)?set\s+strict-ssl\s+(?:false|0)(?:\s|$)|^git\s+config\s+(?:--\S+\s+)*http\.(?:\S+\.)?sslverify\s+(?:false|0|no|off)(?:\s|$)/i;

/** Downloads whose origin nobody checks. */
export const layerUnverifiedDownload: Rule = {
  id: 'layer/unverified-download',
  title: 'A build step does not check who it downloads from',
  severity: 'medium',
  confidence: 'high',
  why: 'Without the check of certificate or signature, whoever is on the way (a proxy, a name server, a public network) can put what they like into the image.',
  fix: 'Leave the check on. Where a certificate authority of your own signs, install its certificate: COPY ca.crt /usr/local/share/ca-certificates/ and RUN update-ca-certificates.',
  references: [
    'https://curl.se/docs/sslcerts.html',
    'https://wiki.debian.org/SecureApt',
    'https://cwe.mitre.org/data/definitions/295.html',
  ],
  judgeImage: (evidence) =>
    judgeInstructions(evidence, ({ calls }) => calls.some(isUnverified), {
      key: 'check',
      verb: ['switches', 'switch'],
      what: 'the check of certificates or signatures off',
    }),
};

function isUnverified({ words: [program = '', ...words], variables }: ShellCall): boolean {
  if (variables.some(switchesTlsOff)) return true;
  const patterns = UNVERIFIED.filter(([programs]) => programs.test(baseName(program)));
  return (
    patterns.some(([, word]) => words.some((one) => word.test(one))) || SETTINGS.test([program, ...words].join(' '))
  );
}
