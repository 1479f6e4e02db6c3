/** Keys of Microsoft Azure. Most carry a mark of four characters that tells which service issued them. */
import { doubtToken } from '../doubts.ts';
import { followed } from './literals.ts';
import type { PatternToken, Provider } from './provider.ts';
import { isBase64Of, isHexKey, isMixed, isMixedCase } from './value-checks.ts';

const AZURE_KEYS = 'Regenerate both keys of the resource in the Azure portal, or with az … keys renew';

/** Keys that everybody has: the storage emulator's and the Cosmos DB emulator's. */
const EMULATOR_KEYS = /^(?:Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1|C2y6yDjf5\/R\+ob0N8A7Cgv30VRDJIWEH)/;

function doubtKey(key: string): string | null {
  return EMULATOR_KEYS.test(key) ? 'it is the key of an emulator, which everybody has' : doubtToken(key);
}

/** A key with a mark at a fixed place: so many characters, the mark, what follows it. */
function marked(marks: readonly string[], before: string, length: number, behind: string): PatternToken {
  const alternatives = marks.map((mark) => mark.replace('+', '\\+')).join('|');
  return {
    literals: followed(marks, 'base64', 4),
    before: length + 1,
    after: 48,
    pattern: new RegExp(`(?<![A-Za-z0-9+/])(${before}{${length}}(?:${alternatives})${behind})(?![A-Za-z0-9+/=])`, 'g'),
    accepts: isMixed,
    redact: () => '****',
    doubt: doubtKey,
  };
}

const key64 = (...marks: string[]): PatternToken => marked(marks, '[A-Za-z0-9+/]', 76, '[A-Za-z0-9+/]{5}[AQgw]==');
const key32 = (...marks: string[]): PatternToken => marked(marks, '[A-Za-z0-9+/]', 33, '[A-P][A-Za-z0-9+/]{5}=');

/** `AccountKey=…` and the like, of a connection string: Base64 of so many bytes. */
function connectionKey(name: string, bytes: number): PatternToken {
  const characters = Math.ceil(bytes / 3) * 4;
  return {
    literals: [{ text: `${name.toLowerCase()}=`, ignoreCase: true }],
    before: 1,
    after: characters + 8,
    pattern: new RegExp(`\\b${name}=\\s?([A-Za-z0-9+/]{${characters - 2}}[A-Za-z0-9+/=]=)(?![A-Za-z0-9+/=])`, 'gi'),
    accepts: (key) => isBase64Of(key, bytes),
    redact: () => '****',
    doubt: doubtKey,
  };
}

export const AZURE_PROVIDERS: readonly Provider[] = [
  {
    id: 'azure-storage-key',
    title: 'Azure Storage account key',
    gives: 'read and write everything in the storage account',
    revoke: AZURE_KEYS,
    reference: 'https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage',
    formats: [
      key64('+ASt'),
      connectionKey('AccountKey', 64),
      {
        // Of another length, with the account's name: cut off, or of a service that is compatible.
        literals: [{ text: 'accountkey=', ignoreCase: true }],
        before: 1,
        after: 128,
        pattern: /\bAccountKey=\s?([A-Za-z0-9+/]{40,110}={0,2})(?![A-Za-z0-9+/=])/gi,
        accepts: isMixedCase,
        redact: () => '****',
        doubt: doubtKey,
      },
    ],
  },
  {
    id: 'azure-cosmos-key',
    title: 'Azure Cosmos DB key',
    gives: 'read the databases of the account, and write them unless the key is a read-only one',
    revoke: AZURE_KEYS,
    reference: 'https://learn.microsoft.com/azure/cosmos-db/secure-access-to-data',
    formats: [key64('ACDb')],
  },
  {
    id: 'azure-shared-access-key',
    title: 'Azure shared access key (Service Bus, Event Hubs, Relay, IoT Hub)',
    gives: 'send, receive or manage as far as the policy that it belongs to goes',
    revoke: AZURE_KEYS,
    reference: 'https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas',
    formats: [key32('+ASb', '+AEh', '+ARm', 'AIoT'), connectionKey('SharedAccessKey', 32)],
  },
  {
    id: 'azure-service-key',
    title: 'Key of an Azure service (Batch, API Management, Event Grid, machine learning)',
    gives: 'use the service as its owner',
    revoke: AZURE_KEYS,
    reference: 'https://learn.microsoft.com/purview/sit-defn-azure-identifiable-keys',
    formats: [key64('+ABa', '+AMC', 'APIM'), key32('AZEG')],
  },
  {
    id: 'azure-annotated-key',
    title: 'Azure key in the common annotated form (AI services, OpenAI, Maps, DevOps)',
    gives: 'use the service that issued it as its owner',
    revoke: AZURE_KEYS,
    reference: 'https://github.com/microsoft/security-utilities',
    formats: [
      {
        literals: [{ text: 'JQQJ9', gate: { follows: 'run', of: 'alphanumeric', atLeast: 27 } }],
        before: 53,
        after: 48,
        pattern:
          /(?<![A-Za-z0-9])([A-Za-z0-9]{52}JQQJ9[9DH][A-Za-z0-9][A-L][A-Za-z0-9]{16}(?!AZDO)[A-Za-z0-9]{8}(?:[A-Za-z0-9]{2}==)?)(?![A-Za-z0-9])/g,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'azure-devops-token',
    title: 'Azure DevOps personal access token',
    gives: 'read and write code, pipelines and packages as its owner',
    revoke: 'Revoke it in Azure DevOps, User settings, Personal access tokens',
    reference:
      'https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate',
    formats: [
      {
        literals: [{ text: 'AZDO', gate: { follows: 'run', of: 'alphanumeric', atLeast: 4 } }],
        before: 77,
        after: 8,
        pattern: /(?<![A-Za-z0-9])([A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})(?![A-Za-z0-9])/g,
        accepts: isMixed,
        redact: () => '****',
      },
      {
        names: ['azure_devops', 'azuredevops', 'ado_pat', 'ado_token', 'vsts', 'personal_access_token', 'vss_nuget'],
        literals: [
          'azure_devops',
          'azuredevops',
          'azure-devops',
          'ado_pat',
          'ado_token',
          'vsts',
          'personalaccesstoken',
          'personal_access_token',
          'vss_nuget',
        ],
        value: ['alphanumeric', 52],
        form: '[a-z2-7]{52}',
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'azure-client-secret',
    title: 'Client secret of a Microsoft Entra application',
    gives: 'log in as the application, with all that it was granted',
    revoke: 'Delete it in the Entra admin center, App registrations, Certificates and secrets',
    reference: 'https://learn.microsoft.com/entra/identity-platform/how-to-add-credentials',
    formats: [
      {
        literals: followed(['7Q~', '8Q~'], 'alphanumeric', 1),
        before: 4,
        after: 40,
        pattern: /(?<![A-Za-z0-9_~.-])([A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34})(?![A-Za-z0-9_~.-])/g,
        accepts: isMixed,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'azure-app-configuration-key',
    title: 'Azure App Configuration connection string',
    gives: 'read the configuration of the applications, and write it unless the key is a read-only one',
    revoke: AZURE_KEYS,
    reference: 'https://learn.microsoft.com/azure/azure-app-configuration/howto-disable-access-key-authentication',
    formats: [
      {
        literals: [{ text: '.azconfig.io;', ignoreCase: true }],
        before: 80,
        after: 300,
        pattern: /\.azconfig\.io;\s?Id=[^;\s]{4,80};\s?Secret=([A-Za-z0-9+/]{36,100}={0,2})(?![A-Za-z0-9+/=])/gi,
        redact: () => '****',
      },
    ],
  },
  {
    id: 'azure-shared-access-signature',
    title: 'Azure shared access signature',
    gives: 'do what the address that it signs allows, until it expires',
    revoke: 'Regenerate the key that signed it, or delete the stored access policy that it names',
    reference: 'https://learn.microsoft.com/azure/storage/common/storage-sas-overview',
    severity: 'high',
    formats: [
      {
        literals: [{ text: 'sig=', gate: { follows: 'run', of: 'alphanumeric', atLeast: 1 } }],
        before: 600,
        after: 140,
        pattern: /[?&;]sig=((?:[A-Za-z0-9+/]|%2[bf]){43}(?:=|%3d))(?![A-Za-z0-9+/=])/gi,
        // A signature is worth something beside what it signs: the service version or the resource, and the expiry.
        accepts: (_, { input, index }) => /\bs[erv]=|\bsr?=/.test(input.slice(Math.max(0, index - 600), index + 400)),
        redact: () => '****',
      },
    ],
  },
  {
    id: 'azure-search-key',
    title: 'Azure AI Search key',
    gives: 'query the indexes, and change them if it is an admin key',
    revoke: AZURE_KEYS,
    reference: 'https://learn.microsoft.com/azure/search/search-security-api-keys',
    severity: 'high',
    formats: [
      marked(['AzSe'], '[A-Za-z0-9]', 42, '[A-D][A-Za-z0-9]{5}'),
      {
        names: ['azure_search', 'search_api_key', 'search_admin_key'],
        literals: ['azure_search', 'azuresearch', 'azure-search', 'search_api_key', 'search_admin_key'],
        value: ['alphanumeric', 52],
        accepts: isMixed,
      },
    ],
  },
  {
    id: 'azure-function-key',
    title: 'Azure Functions key',
    gives: 'call the function, and manage the host if it is the master key',
    revoke: 'Renew it in the Azure portal, App keys or Function keys',
    reference: 'https://learn.microsoft.com/azure/azure-functions/function-keys-how-to',
    severity: 'high',
    formats: [marked(['AzFu'], '[A-Za-z0-9_-]', 44, '[A-Za-z0-9_-]{5}[AQgw]==')],
  },
  {
    id: 'azure-registry-password',
    title: 'Azure Container Registry password',
    gives: 'pull images, and push them if the token may',
    revoke: 'Regenerate it: az acr credential renew, or az acr token credential generate',
    reference: 'https://learn.microsoft.com/azure/container-registry/container-registry-authentication',
    formats: [marked(['+ACR'], '[A-Za-z0-9+/]', 42, '[A-D][A-Za-z0-9+/]{5}')],
  },
  {
    id: 'azure-redis-key',
    title: 'Azure Cache for Redis key',
    gives: 'read and write the cache',
    revoke: AZURE_KEYS,
    reference: 'https://learn.microsoft.com/azure/azure-cache-for-redis/cache-configure',
    severity: 'high',
    formats: [marked(['AzCa'], '[A-Za-z0-9]', 33, '[A-P][A-Za-z0-9]{5}=')],
  },
  {
    id: 'azure-openai-key',
    title: 'Azure OpenAI or AI services key',
    gives: 'use the deployed models, at the subscription’s cost',
    revoke: AZURE_KEYS,
    reference: 'https://learn.microsoft.com/azure/ai-services/authentication',
    severity: 'high',
    confidence: 'medium',
    formats: [
      {
        names: ['azure_openai', 'azureopenai', 'azure_cognitive', 'cognitive_services', 'ocp_apim_subscription'],
        literals: [
          'azure_openai',
          'azure-openai',
          'azureopenai',
          'azure_cognitive',
          'cognitive_services',
          'cognitiveservices',
          'ocp-apim-subscription',
        ],
        value: ['hex', 32],
        accepts: isHexKey,
      },
    ],
  },
];
