/** Examples of tokens of services, see pattern-examples.ts. */
import type { ExampleSecret } from './example-secrets.ts';
import { madeUp, UUID } from './made-up.ts';

const alphanumeric = (length: number): string => madeUp('alphanumeric', length);
const hex = (length: number): string => madeUp('hex', length);

/** A token that tells what it is; without its last characters it is none. */
const token = (secret: string, cut = 1): ExampleSecret => ({
  text: `key = "${secret}"`,
  secret,
  nearMiss: `key = "${secret.slice(0, -cut)}"`,
});

/** A value that a name tells; under another name it is none. */
const named = (name: string, secret: string): ExampleSecret => ({
  text: `${name} = "${secret}"`,
  secret,
  nearMiss: `widget_colour = "${secret}"`,
});

/** An address that is a secret itself; without its last part it is none. */
const address = (start: string, end: string): ExampleSecret => ({
  text: `url = ${start}${end}`,
  secret: `${start}${end}`,
  nearMiss: `url = ${start}`,
});

export const SERVICE_EXAMPLES: Readonly<Record<string, ExampleSecret>> = {
  'deepl-key': named('deepl_auth', `${UUID}:fx`),
  'fal-key': named('FAL_KEY', `${UUID}:${hex(32)}`),
  'pinecone-key': token(`pcsk_${alphanumeric(6)}_${alphanumeric(63)}`, 3),
  'langsmith-key': token(`lsv2_${'pt'}_${hex(32)}_${hex(10)}`),
  'langfuse-key': token(`sk-${'lf'}-${UUID}`),
  'discord-bot-token': named(
    'DISCORD_TOKEN',
    `${Buffer.from('184362957203846517').toString('base64')}.${alphanumeric(6)}.${alphanumeric(38)}`,
  ),
  'discord-webhook': address(`https://discord.com/api/${'webhooks'}/184362957203846517/`, alphanumeric(68)),
  'telegram-bot-token': token(`${madeUp('digit', 10)}:${'AA'}${alphanumeric(33)}`, 2),
  'slack-session-token': token(`xoxc-${madeUp('digit', 12)}-${madeUp('digit', 12)}-${hex(64)}`, 60),
  'slack-workflow-webhook': address(
    `https://hooks.slack.com/${'workflows'}/`,
    `T${madeUp('upper', 9)}/A${madeUp('upper', 9)}/${madeUp('digit', 18)}/${alphanumeric(24)}`,
  ),
  'teams-webhook': address(
    `https://acme.webhook.office.com/${'webhookb2'}/${UUID}@${UUID}/IncomingWebhook/`,
    `${hex(32)}/${UUID}`,
  ),
  'matrix-token': token(`syt_${alphanumeric(12)}_${madeUp('letter', 20)}_${alphanumeric(6)}`),
  'webex-token': named('webex_bot', `${alphanumeric(64)}_PF84_${UUID}`),
  'mailchimp-key': token(`${hex(32)}${'-us'}14`, 4),
  'postmark-token': named('postmark_server', UUID),
  'resend-key': token(`re_${alphanumeric(8)}_${alphanumeric(24)}`),
  'brevo-key': token(`xkeysib-${hex(64)}-${alphanumeric(16)}`),
  'twilio-key': named('twilio_api_key', `SK${hex(32)}`),
  'telnyx-key': token(`KEY01${madeUp('hex', 30).toUpperCase()}_${alphanumeric(22)}`),
  'ably-key': named('ably_api_key', `${alphanumeric(6)}.${alphanumeric(6)}:${alphanumeric(43)}`),
  'intercom-token': token(
    Buffer.from(`tok:${UUID.replaceAll('-', '_')}_x:1:0`)
      .toString('base64')
      .slice(0, 60),
    20,
  ),
  'hubspot-token': token(`pat-${'na1'}-${UUID}`),
  'close-key': token(`api_${alphanumeric(22)}.${alphanumeric(22)}`, 4),
  'paypal-secret': named('paypal_client', `E${alphanumeric(79)}`),
  'adyen-key': token(`AQEyhm${alphanumeric(80)}==-${alphanumeric(43)}=-${alphanumeric(16)}`, 18),
  'flutterwave-key': token(`FLWSECK-${hex(32)}-X`),
  'checkout-com-key': token(`sk_${'sbox'}_${madeUp('lower', 26)}`, 3),
  'paddle-key': token(`pdl_${'live'}_apikey_${madeUp('lower', 26)}_${alphanumeric(22)}_${alphanumeric(3)}`),
  'mercadopago-token': token(`APP_USR-${madeUp('digit', 16)}-071523-${hex(32)}-${madeUp('digit', 9)}`, 5),
  'kraken-key': named('kraken_api', alphanumeric(56)),
  'wise-token': named('transferwise', UUID),
  'squarespace-key': named('squarespace', UUID),
  'facebook-token': token(`EAA${alphanumeric(40)}ZBqZC${alphanumeric(80)}`, 60),
  'twitter-bearer-token': token(`${'A'.repeat(22)}${alphanumeric(30)}%2B${alphanumeric(30)}%3D${alphanumeric(24)}`, 50),
  'wakatime-key': token(`waka_${UUID}`),
  'figma-legacy-token': named('X-Figma-Token', `184362-${UUID}`),
  'sanity-token': named('SANITY_API_TOKEN', `sk${alphanumeric(180)}`),
  'frameio-token': token(`fio-u-${alphanumeric(64)}`),
  'ghost-admin-key': named('GHOST_ADMIN_KEY', `${hex(24)}:${hex(64)}`),
  'shutterstock-token': named('shutterstock_api', `v2/${alphanumeric(220)}`),
  'airtable-token': token(`pat${alphanumeric(14)}.${hex(64)}`),
  'clickup-token': token(`pk_${madeUp('digit', 7)}_${madeUp('upper', 32)}`),
  'coda-token': named('coda_api', UUID),
  'urlscan-key': named('urlscan_api', UUID),
};
