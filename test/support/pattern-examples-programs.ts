/** Examples of secrets in programs, settings and on devices, see pattern-examples.ts. */
import type { ExampleSecret } from './example-secrets.ts';
import { madeUp } from './made-up.ts';

const alphanumeric = (length: number): string => madeUp('alphanumeric', length);
const PASSWORD = 'kV9-tr7mQ2';

/** A secret between two texts; of the near miss the second is missing, and a variable stands in its place. */
const between = (before: string, secret: string, after: string, variable = `\${${'PW'}}`): ExampleSecret => ({
  text: `${before}${secret}${after}`,
  secret,
  nearMiss: `${before}${variable}${after}`,
});

export const PROGRAM_EXAMPLES: Readonly<Record<string, ExampleSecret>> = {
  'password-variable': between('export REPORTS_PASSWORD=', PASSWORD, '\n'),
  'generic-secret': between(
    'WAREHOUSE_API_KEY="',
    `Jx4vTq9Lw2Rm8Nc5${'Yb7Kd3Hf6Zp1Sg0Ue'}`,
    '"\n',
    'the_name_of_a_warehouse_of_1998',
  ),
  'web-url-password': between('http://elastic:', PASSWORD, '@elasticsearch:9200/_cat'),
  'dotnet-credential': between('new NetworkCredential("build", "', PASSWORD, '");'),
  'phpmailer-password': between("$mail->Password   = '", PASSWORD, "';"),
  'script-database-password': between("$host = 'db';\n$user = 'shop';\n$password = '", PASSWORD, "';\n"),
  'gradle-repository-password': between("credentials {\n  username 'build'\n  password '", PASSWORD, "'\n}"),
  'psexec-password': between('psexec \\\\10.0.0.7 -u ACME\\build -p ', PASSWORD, ' cmd /c dir', '%PW%'),
  'jenkins-initial-password': between(
    'Please use the following password to proceed to installation:\n\n',
    madeUp('hex', 32),
    '\n',
  ),
  'blynk-token': between('https://fra1.blynk.cloud/external/api/get?token=', alphanumeric(32), '&V1'),
  'thingsboard-token': between('https://thingsboard.cloud/api/v1/', madeUp('lower', 20), '/telemetry'),
  'npmrc-login': between('//npm.acme.io/:_auth=', Buffer.from(`build:${PASSWORD}`).toString('base64'), '\n'),
  'kagi-token': between("KAGI_API_KEY='", `${alphanumeric(11)}.${alphanumeric(43)}`, "'"),
  'data-gov-key': between('https://api.nasa.gov/planetary/apod?api_key=', alphanumeric(40), '&hd=True'),
  'tailscale-short-key': between('tailscale up --authkey ', `tskey-${'auth'}-k7Yp2aCN-${alphanumeric(14)}`, '\n'),
};
