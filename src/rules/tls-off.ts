/** Variables that make programs accept any certificate, by what turns the check off. */
const TLS_OFF: readonly RegExp[] = [
  /^(?:NODE_TLS_REJECT_UNAUTHORIZED|PYTHONHTTPSVERIFY|npm_config_strict_ssl)=(?:0|false)$/i,
  // git asks only whether it is set: 0 turns the check off as well (git, http.c).
  /^GIT_SSL_NO_VERIFY=./,
  /^PIP_TRUSTED_HOST=./,
  /^GOINSECURE=./,
  /^(?:HTTPLIB2_DISABLE_SSL_CERTIFICATE_VALIDATION|VAULT_SKIP_VERIFY|HELM_KUBEINSECURE_SKIP_TLS_VERIFY)=(?:1|t|true|yes)$/i,
];

/** Whether `NAME=value` in an environment makes a program accept any certificate. */
export function switchesTlsOff(line: string): boolean {
  return TLS_OFF.some((pattern) => pattern.test(line));
}
