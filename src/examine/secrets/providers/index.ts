/** Kinds of secret that we find by patterns of our own, by what issues them. */

import { AWS_PROVIDERS } from './aws.ts';
import { AZURE_PROVIDERS } from './azure.ts';
import { CI_PROVIDERS } from './ci.ts';
import { CLOUD_PROVIDERS } from './cloud.ts';
import { CONNECTION_PROVIDERS } from './connection-strings.ts';
import { DATA_STORE_PROVIDERS } from './data-stores.ts';
import { DEVELOPER_TOOL_PROVIDERS } from './developer-tools.ts';
import { GOOGLE_PROVIDERS } from './google.ts';
import { HOSTING_PROVIDERS } from './hosting.ts';
import { NETWORK_PROVIDERS } from './hosting-more.ts';
import { MONITORING_PROVIDERS } from './monitoring.ts';
import { NEW_RELIC_PROVIDERS } from './new-relic.ts';
import { OPERATIONS_PROVIDERS } from './operations.ts';
import { PACKAGE_PROVIDERS } from './package-registries.ts';
import type { Provider } from './provider.ts';
import { SECRET_STORE_PROVIDERS } from './secret-stores.ts';
import { GENERAL_PROVIDERS, SERVICE_PROVIDERS } from './services.ts';
import { SOURCE_PROVIDERS } from './source-hosting.ts';

export type { Provider } from './provider.ts';

/** All of them. */
export const PROVIDERS: readonly Provider[] = [
  ...CLOUD_PROVIDERS,
  ...AWS_PROVIDERS,
  ...AZURE_PROVIDERS,
  ...GOOGLE_PROVIDERS,
  ...HOSTING_PROVIDERS,
  ...NETWORK_PROVIDERS,
  ...DATA_STORE_PROVIDERS,
  ...SECRET_STORE_PROVIDERS,
  ...SOURCE_PROVIDERS,
  ...PACKAGE_PROVIDERS,
  ...CI_PROVIDERS,
  ...MONITORING_PROVIDERS,
  ...NEW_RELIC_PROVIDERS,
  ...DEVELOPER_TOOL_PROVIDERS,
  ...OPERATIONS_PROVIDERS,
  ...CONNECTION_PROVIDERS,
  ...SERVICE_PROVIDERS,
  ...GENERAL_PROVIDERS,
];
