import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';
import { switchesTlsOff } from '../tls-off.ts';

/** Variables that make programs accept any certificate. */
export const configTlsOff: Rule = {
  id: 'config/tls-off',
  title: 'The environment switches the check of certificates off',
  severity: 'high',
  confidence: 'high',
  why: 'Every connection of the program accepts any certificate: whoever is between it and the server reads and changes what they say, credentials first.',
  fix: 'Remove the variable. Where a certificate authority of your own signs, install its certificate, or name it: NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, REQUESTS_CA_BUNDLE.',
  references: [
    'https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue',
    'https://cwe.mitre.org/data/definitions/295.html',
  ],
  *judgeImage(evidence) {
    for (const [i, line] of (evidence.image.config?.config.env ?? []).entries()) {
      if (!switchesTlsOff(line)) continue;
      const field = `config.Env[${i}]`;
      yield {
        key: line.slice(0, line.indexOf('=')),
        state: 'metadata',
        message: `${field} is ${evidence.redact(line)}.`,
        evidence: [imagePlace(evidence, { field })],
      };
    }
  },
};
