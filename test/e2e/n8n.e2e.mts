/** The steps in their order; they share one n8n, see stage.mts. */
import { agentTests } from './agent.mts';
import { confinementTests } from './confinement.mts';
import { credentialTests } from './credential.mts';
import { descriptionTests } from './descriptions.mts';
import { editorTests } from './editor.mts';
import { exampleTests } from './examples.mts';
import { installTests } from './install.mts';
import { keepingTests, wordsTests } from './keeping.mts';
import { mcpTests } from './mcp.mts';
import { panelTests } from './panels.mts';
import { retryTests } from './retry.mts';
import { clearStage, setStage } from './stage.mts';
import { clockTests, triggerTests } from './triggers.mts';

beforeAll(setStage, 5 * 60_000);
afterAll(clearStage);

describe('The package in n8n', installTests);
describe('Credential test', credentialTests);
describe('Example workflows', exampleTests);
describe('AI agent', agentTests);
describe('Retry in the list of executions', retryTests);
describe('MCP server', mcpTests);
describe('Triggers', triggerTests);
describe('What the editor asks for', editorTests);
describe('A person in the browser', panelTests);
describe('What a person enters', keepingTests);
describe('What the editor says of the nodes', wordsTests);
describe('Descriptions', descriptionTests);
describe('By the clock', clockTests);
describe('Nothing but loopback', confinementTests);
