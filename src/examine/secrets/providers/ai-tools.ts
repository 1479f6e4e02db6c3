/** Keys of vector stores, of embeddings, and of what watches over language models. */
import type { Provider } from './provider.ts';
import { isMixed, isMixedCase, UUID } from './value-checks.ts';

export const AI_TOOL_PROVIDERS: readonly Provider[] = [
  {
    id: 'pinecone-key',
    title: 'Pinecone API key',
    gives: 'read, change and delete the project’s indexes',
    revoke: 'Delete it at app.pinecone.io, API keys',
    reference: 'https://docs.pinecone.io/guides/projects/manage-api-keys',
    severity: 'high',
    formats: [
      {
        prefixes: ['pcsk_'],
        body: ['word', 68, 71],
        accepts: (secret) => /^pcsk_[A-Za-z0-9]{4,6}_[A-Za-z0-9]{62,64}$/.test(secret),
      },
      { names: ['pinecone'], value: ['wordDash', 36], form: UUID },
    ],
  },
  {
    id: 'weaviate-key',
    title: 'Weaviate Cloud API key',
    gives: 'read and change the cluster’s data as far as it may',
    revoke: 'Delete it in the Weaviate Cloud console, API keys',
    reference: 'https://docs.weaviate.io/cloud/manage-clusters/authentication',
    severity: 'high',
    confidence: 'medium',
    formats: [{ names: ['weaviate'], value: ['alphanumeric', 36, 64], accepts: isMixedCase }],
  },
  {
    id: 'langsmith-key',
    title: 'LangSmith API key',
    gives: 'read and write the workspace’s traces, which hold what people asked',
    revoke: 'Delete it in LangSmith, Settings, API Keys',
    reference: 'https://docs.langchain.com/langsmith/create-account-api-key',
    severity: 'high',
    formats: [{ prefixes: ['lsv2_pt_', 'lsv2_sk_'], body: ['hex', 32], end: '_[a-f0-9]{10}' }],
  },
  {
    id: 'langfuse-key',
    title: 'Langfuse secret key',
    gives: 'read and write the project’s traces, which hold what people asked',
    revoke: 'Delete it in Langfuse, Project settings, API Keys',
    reference: 'https://langfuse.com/faq/all/where-are-langfuse-api-keys',
    severity: 'high',
    formats: [
      {
        literals: [{ text: 'sk-lf-', gate: { follows: 'run', of: 'hex', atLeast: 8 } }],
        before: 1,
        after: 64,
        pattern: new RegExp(`(?<![A-Za-z0-9_])sk-lf-${UUID}(?![A-Za-z0-9_-])`, 'g'),
      },
    ],
  },
  {
    id: 'voyage-key',
    title: 'Voyage AI API key',
    gives: 'use the account’s models, at its cost',
    revoke: 'Delete it at dashboard.voyageai.com, API keys',
    reference: 'https://docs.voyageai.com/docs/api-key-and-installation',
    severity: 'high',
    formats: [{ prefixes: ['pa-'], body: ['wordDash', 43], accepts: isRandom }],
  },
  {
    id: 'jina-key',
    title: 'Jina AI API key',
    gives: 'use the account’s models, at its cost',
    revoke: 'Delete it at jina.ai, API key & billing',
    reference: 'https://jina.ai/embeddings/',
    severity: 'high',
    formats: [{ prefixes: ['jina_'], body: ['wordDash', 60], accepts: isRandom }],
  },
  {
    id: 'firecrawl-key',
    title: 'Firecrawl API key',
    gives: 'crawl at the account’s cost',
    revoke: 'Delete it at firecrawl.dev/app/api-keys',
    reference: 'https://docs.firecrawl.dev/introduction',
    severity: 'medium',
    formats: [{ prefixes: ['fc-'], body: ['hex', 32], accepts: isMixed }],
  },
  {
    id: 'e2b-key',
    title: 'E2B API key',
    gives: 'run programs in the team’s sandboxes, and read what is in them',
    revoke: 'Delete it at e2b.dev/dashboard, API Keys',
    reference: 'https://e2b.dev/docs/api-key',
    severity: 'high',
    formats: [{ prefixes: ['e2b_'], body: ['hex', 40] }],
  },
];

/** Long slugs of the same beginning have no capitals, or many dashes. */
function isRandom(secret: string): boolean {
  return isMixedCase(secret) && secret.split('-').length <= 6;
}
