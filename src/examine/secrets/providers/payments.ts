/** Keys of payment services and banks. */
import type { Provider } from './provider.ts';
import { isMixed, isMixedCase, UUID } from './value-checks.ts';

const MOVES_MONEY = 'take payments, pay refunds and read customers';

export const PAYMENT_PROVIDERS: readonly Provider[] = [
  {
    id: 'stripe-webhook-secret',
    title: 'Webhook signing secret',
    gives: 'send events that look as if Stripe, or another service with such webhooks, had sent them',
    revoke: 'Roll it in the Stripe dashboard, Webhooks, or at the service that sends them',
    reference: 'https://docs.stripe.com/webhooks#verify-official-libraries',
    severity: 'high',
    formats: [{ prefixes: ['whsec_'], body: ['base64', 32, 64], accepts: isMixed }],
  },
  {
    id: 'stripe-short-key',
    title: 'Stripe key of the first years',
    gives: MOVES_MONEY,
    revoke: 'Roll it in the Stripe dashboard, Developers, API keys',
    reference: 'https://docs.stripe.com/keys',
    // Of twenty-four characters and more they are secretlint’s.
    formats: [{ prefixes: ['sk_live_', 'rk_live_'], body: ['alphanumeric', 14, 23], accepts: isMixedCase }],
  },
  {
    id: 'square-token',
    title: 'Square access token',
    gives: MOVES_MONEY,
    revoke: 'Replace it in Square’s Developer Console, Credentials',
    reference: 'https://developer.squareup.com/docs/build-basics/access-tokens',
    formats: [
      { prefixes: ['sq0atp-', 'sq0atb-'], body: ['wordDash', 22] },
      { prefixes: ['EAAA'], body: ['wordDash', 60, 64], accepts: isMixedCase },
    ],
  },
  {
    id: 'square-application-secret',
    title: 'Square application secret',
    gives: 'ask for access tokens in the name of the application',
    revoke: 'Replace it in Square’s Developer Console, OAuth',
    reference: 'https://developer.squareup.com/docs/oauth-api/overview',
    formats: [{ prefixes: ['sq0csp-', 'sq0csb-'], body: ['wordDash', 43] }],
  },
  {
    id: 'paypal-secret',
    title: 'PayPal client secret',
    gives: `${MOVES_MONEY}, with the client ID`,
    revoke: 'Generate a new one in the PayPal developer dashboard, Apps & Credentials, and disable this one',
    reference: 'https://developer.paypal.com/api/rest/',
    confidence: 'medium',
    formats: [{ names: ['paypal'], value: ['wordDash', 80], form: 'E[A-Za-z0-9_-]{79}', accepts: isMixedCase }],
  },
  {
    id: 'braintree-token',
    title: 'Braintree access token or private key',
    gives: MOVES_MONEY,
    revoke: 'Delete it in Braintree’s control panel, API',
    reference: 'https://developer.paypal.com/braintree/articles/control-panel/important-gateway-credentials',
    formats: [
      {
        literals: [{ text: 'access_token$production$' }, { text: 'access_token$sandbox$' }],
        before: 1,
        after: 64,
        pattern: /(?<![A-Za-z0-9])access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}(?![0-9A-Za-z])/g,
      },
      { names: ['braintree_private', 'braintree_secret'], value: ['hex', 32], accepts: isMixed },
    ],
  },
  {
    id: 'adyen-key',
    title: 'Adyen API key',
    gives: MOVES_MONEY,
    revoke: 'Generate a new one in Adyen’s Customer Area, Developers, API credentials',
    reference: 'https://docs.adyen.com/development-resources/api-credentials/',
    formats: [
      {
        literals: [{ text: 'AQE', gate: { follows: 'run', of: 'base64', atLeast: 44 } }],
        before: 1,
        after: 400,
        pattern:
          /(?<![A-Za-z0-9_+/])AQE[a-z]hm[A-Za-z0-9+/]{40,240}={0,2}-[A-Za-z0-9+/]{40,60}={1,2}-[^\s"'`<>\\]{8,32}/g,
      },
    ],
  },
  {
    id: 'razorpay-secret',
    title: 'Razorpay key secret',
    gives: `${MOVES_MONEY}, with the key ID`,
    revoke: 'Regenerate it in the Razorpay dashboard, Account & Settings, API Keys',
    reference: 'https://razorpay.com/docs/payments/dashboard/account-settings/api-keys/',
    confidence: 'medium',
    formats: [{ names: ['razorpay'], value: ['alphanumeric', 24], accepts: isMixedCase }],
  },
  {
    id: 'flutterwave-key',
    title: 'Flutterwave secret key',
    gives: MOVES_MONEY,
    revoke: 'Regenerate it in the Flutterwave dashboard, Settings, API Keys',
    reference: 'https://developer.flutterwave.com/docs/authentication',
    formats: [{ prefixes: ['FLWSECK-', 'FLWSECK_TEST-'], body: ['alphanumeric', 32], end: '-X' }],
  },
  {
    id: 'plaid-token',
    title: 'Plaid access token or secret',
    gives: 'read bank accounts that people connected, with the other half of the pair',
    revoke: 'Rotate it in the Plaid dashboard, Keys; remove items for access tokens',
    reference: 'https://plaid.com/docs/quickstart/glossary/',
    formats: [
      {
        literals: ['access-production-', 'access-sandbox-', 'access-development-'].map((text) => ({ text })),
        before: 1,
        after: 48,
        pattern: new RegExp(`(?<![A-Za-z0-9_-])access-(?:production|sandbox|development)-${UUID}(?![\\w-])`, 'g'),
      },
      { names: ['plaid'], value: ['hex', 30], accepts: isMixed },
    ],
  },
  {
    id: 'gocardless-token',
    title: 'GoCardless access token',
    gives: 'collect payments from customers’ bank accounts',
    revoke: 'Revoke it in GoCardless, Developers',
    reference: 'https://developer.gocardless.com/api-reference/#api-usage-making-requests',
    formats: [
      {
        names: ['gocardless'],
        value: ['wordDash', 48],
        form: '(?:live|sandbox)_[A-Za-z0-9_=-]{40}',
        accepts: isMixedCase,
      },
      { prefixes: ['live_'], body: ['wordDash', 40], accepts: isMixedCase },
    ],
  },
  {
    id: 'mollie-key',
    title: 'Mollie API key',
    gives: MOVES_MONEY,
    revoke: 'Reset it in the Mollie dashboard, Developers, API keys',
    reference: 'https://docs.mollie.com/reference/authentication',
    formats: [
      { prefixes: ['live_'], body: ['alphanumeric', 30], accepts: isMixedCase },
      { names: ['mollie'], value: ['wordDash', 35], form: '(?:live|test)_[A-Za-z0-9]{30}' },
    ],
  },
  {
    id: 'checkout-com-key',
    title: 'Checkout.com secret key',
    gives: MOVES_MONEY,
    revoke: 'Delete it in the Checkout.com dashboard, Developers, Keys',
    reference: 'https://www.checkout.com/docs/developer-resources/api/manage-api-keys',
    formats: [
      { prefixes: ['sk_sbox_'], body: ['alphanumeric', 26], end: '[a-z2-7*#$=]?' },
      {
        literals: [{ text: 'sk_', gate: { follows: 'run', of: 'wordDash', atLeast: 36 } }],
        before: 1,
        after: 64,
        pattern: new RegExp(`(?<![A-Za-z0-9_-])sk_(?:test_)?${UUID}(?![A-Za-z0-9_-])`, 'g'),
      },
    ],
  },
  {
    id: 'paddle-key',
    title: 'Paddle API key',
    gives: MOVES_MONEY,
    revoke: 'Revoke it in Paddle, Developer tools, Authentication',
    reference: 'https://developer.paddle.com/api-reference/about/authentication',
    formats: [
      {
        prefixes: ['pdl_live_apikey_', 'pdl_sdbx_apikey_'],
        body: ['alphanumeric', 26],
        end: '_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}',
      },
    ],
  },
  {
    id: 'xendit-key',
    title: 'Xendit secret key',
    gives: MOVES_MONEY,
    revoke: 'Delete it in the Xendit dashboard, Settings, API keys',
    reference: 'https://docs.xendit.co/docs/api-keys',
    formats: [{ prefixes: ['xnd_production_', 'xnd_development_'], body: ['alphanumeric', 40, 80], accepts: isMixed }],
  },
  {
    id: 'midtrans-key',
    title: 'Midtrans server key',
    gives: MOVES_MONEY,
    revoke: 'Regenerate it in the Midtrans dashboard, Settings, Access keys',
    reference: 'https://docs.midtrans.com/docs/midtrans-account',
    formats: [{ prefixes: ['Mid-server-'], body: ['wordDash', 24] }],
  },
  {
    id: 'mercadopago-token',
    title: 'Mercado Pago access token',
    gives: MOVES_MONEY,
    revoke: 'Renew it in Mercado Pago, Your integrations, Credentials',
    reference: 'https://www.mercadopago.com.br/developers/en/docs/your-integrations/credentials',
    formats: [
      {
        literals: [{ text: 'APP_USR-', gate: { follows: 'run', of: 'digit', atLeast: 10 } }],
        before: 1,
        after: 96,
        pattern: /(?<![A-Za-z0-9_])APP_USR-\d{10,18}-\d{6}-[0-9a-f]{32}-\d{6,12}(?![A-Za-z0-9_])/g,
      },
    ],
  },
];
