import { calls, judgeInstructions, shellCommands } from '../instructions.ts';
import type { Rule } from '../rule.ts';

/** Words that switch a check off, by the program that they are given to. */
const UNVERIFIED: readonly (readonly [program: RegExp, word: RegExp])[] = [
  [/^curl$/, /^--insecure$|^-[a-jl-zA-Z]*k/],
  [/^wget$/, /^--no-check-certificate$/],
  [
    /^apt(?:-get)?$/,
    /^--(?:allow-unauthenticated|force-yes|allow-insecure-repositories)$|Allow(?:Unauthenticated|InsecureRepositories)=["']?(?:true|1|yes)|Verify-Peer=["']?(?:false|0|no)/i,
  ],
  [/^apk$/, /^--allow-untrusted$/],
  [
    /^(?:yum|dnf|microdnf|tdnf|zypper)$/,
    /^--(?:nogpgcheck|no-gpg-checks?)$|^--setopt=\S*(?:gpgcheck|sslverify)=(?:0|false)/i,
  ],
  [/^rpm$/, /^--(?:nosignature|nodigest|noverify|nogpg)$/],
  [/^(?:pip[23]?|uv|python[23]?)$/, /^--(?:trusted-host|allow-insecure-host)(?:=|$)/],
  [/^(?:npm|yarn|pnpm)$/, /^--(?:no-strict-ssl$|strict-ssl=(?:false|0))|^strict-ssl=(?:false|0)/i],
  [/^git$/, /http\.sslverify=["']?(?:false|0|no)/i],
];
/** Variables that do the same, for one command or for those behind it. */
const VARIABLE =
  /^(?:export\s+)?(?:GIT_SSL_NO_VERIFY=["']?(?:1|true)|NODE_TLS_REJECT_UNAUTHORIZED=["']?0|PYTHONHTTPSVERIFY=["']?0|npm_config_strict_ssl=["']?(?:false|0))/i;
/** Settings whose value is a word of its own. */
const SETTINGS =
  /^(?:npm|yarn|pnpm)\s+config\s+set\s+strict-ssl\s+(?:false|0)|^git\s+config\s+(?:--\S+\s+)*http\.sslverify\s+(?:false|0|no)/i;

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
    judgeInstructions(
      evidence,
      (one) => calls(one, isUnverified) || shellCommands(one.text).some((command) => VARIABLE.test(command)),
      {
        key: 'check',
        verb: ['switches', 'switch'],
        what: 'the check of certificates or signatures off',
      },
    ),
};

function isUnverified(call: string): boolean {
  const [program = '', ...words] = call.split(/\s+/);
  const patterns = UNVERIFIED.filter(([programs]) => programs.test(program.slice(program.lastIndexOf('/') + 1)));
  return SETTINGS.test(call) || patterns.some(([, word]) => words.some((one) => word.test(one)));
}
