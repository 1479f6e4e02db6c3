/** All that is not of clouds, hosts and the tools of developers, the exact before the general. */
import { AI_PROVIDERS } from './ai.ts';
import { AI_TOOL_PROVIDERS } from './ai-tools.ts';
import { CHAT_PROVIDERS } from './chat.ts';
import { COMMAND_LINE_PROVIDERS } from './command-lines.ts';
import { COMMERCE_PROVIDERS } from './commerce.ts';
import { CONTENT_PROVIDERS } from './content.ts';
import { CREDENTIAL_FILE_PROVIDERS } from './credential-files.ts';
import { CUSTOMER_PROVIDERS } from './customers.ts';
import { DEVICE_PROVIDERS } from './devices.ts';
import { INTELLIGENCE_PROVIDERS } from './intelligence.ts';
import { KEY_FILE_PROVIDERS } from './key-files.ts';
import { MAIL_PROVIDERS } from './mail.ts';
import { PASSWORD_HASH_PROVIDERS } from './password-hashes.ts';
import { PAYMENT_PROVIDERS } from './payments.ts';
import { PROGRAM_PASSWORD_PROVIDERS } from './program-passwords.ts';
import type { Provider } from './provider.ts';
import { SETTING_PROVIDERS } from './settings.ts';
import { SOCIAL_PROVIDERS } from './social.ts';
import { VARIABLE_PROVIDERS } from './variables.ts';
import { WEB_TOKEN_PROVIDERS } from './web-tokens.ts';
import { WORK_PROVIDERS } from './work.ts';

/** Services with tokens of their own. */
export const SERVICE_PROVIDERS: readonly Provider[] = [
  ...AI_PROVIDERS,
  ...AI_TOOL_PROVIDERS,
  ...CHAT_PROVIDERS,
  ...MAIL_PROVIDERS,
  ...CUSTOMER_PROVIDERS,
  ...PAYMENT_PROVIDERS,
  ...COMMERCE_PROVIDERS,
  ...SOCIAL_PROVIDERS,
  ...CONTENT_PROVIDERS,
  ...WORK_PROVIDERS,
  ...INTELLIGENCE_PROVIDERS,
  ...DEVICE_PROVIDERS,
];

/** Keys and passwords that no service issues. */
export const GENERAL_PROVIDERS: readonly Provider[] = [
  ...KEY_FILE_PROVIDERS,
  ...PASSWORD_HASH_PROVIDERS,
  ...CREDENTIAL_FILE_PROVIDERS,
  ...SETTING_PROVIDERS,
  ...COMMAND_LINE_PROVIDERS,
  ...PROGRAM_PASSWORD_PROVIDERS,
  ...WEB_TOKEN_PROVIDERS,
  ...VARIABLE_PROVIDERS,
];
