import { imagePlace } from '../places.ts';
import type { Rule } from '../rule.ts';

const TLS_OFF =
  /^(?:NODE_TLS_REJECT_UNAUTHORIZED=0|PYTHONHTTPSVERIFY=0|GIT_SSL_NO_VERIFY=(?:1|true|yes|on)|npm_config_strict_ssl=(?:false|0)|HTTPLIB2_DISABLE_SSL_CERTIFICATE_VALIDATION=(?:1|true)|GONOSUMCHECK=1|GOINSECURE=\*|CARGO_HTTP_CHECK_REVOKE=false|VAULT_SKIP_VERIFY=(?:1|true)|ANSIBLE_GALAXY_IGNORE=(?:1|true))$/i;

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
      if (!TLS_OFF.test(line)) continue;
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
