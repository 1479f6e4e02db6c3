import type { Rule } from '../rule.ts';
import { judgeTools } from '../tools.ts';

const NETWORK_TOOLS = [
  'curl',
  'wget',
  'aria2c',
  'nc',
  'ncat',
  'netcat',
  'nc.openbsd',
  'nc.traditional',
  'socat',
  'nmap',
  'masscan',
  'tcpdump',
  'tshark',
  'telnet',
  'ftp',
  'tftp',
  'rsync',
  'ssh',
  'scp',
];

/** Programs that fetch, listen and scan. */
export const leftoverNetworkTool: Rule = {
  id: 'leftover/network-tool',
  title: 'A program to download or to scan with is in the image',
  severity: 'info',
  confidence: 'high',
  why: 'These are the first programs that an intruder calls: to fetch tools, to open a way back, to look around the network. A build needs them, a service rarely.',
  fix: 'Fetch in a build stage, or with ADD --checksum=sha256:… https://…. A health check needs no curl: let the program check itself, HEALTHCHECK CMD ["/app", "health"].',
  references: ['https://docs.docker.com/reference/dockerfile/#add---checksum', 'https://gtfobins.github.io/'],
  judgeImage: (evidence) => judgeTools(evidence, 'network-tool', NETWORK_TOOLS, 'info'),
};
