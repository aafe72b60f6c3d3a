/** The push trigger with the adapters of Teamogy. */
import { readFileSync } from 'node:fs';
import type { WebhookServer, WorkflowJson } from '../../../engine/index.mts';
import {
	getReceivedBodies,
	getExecutions,
	SECRET,
	usePushTrigger,
} from '../../../helpers/push/pushTrigger.mts';
import { buildPushRules, type Registers } from '../../../sandbox/registers.mts';
import type { PushRule, Row } from '../../../sandbox/index.mts';

const { testBed, office, serve, lastNode } = usePushTrigger();

describe('Adapters of Teamogy', () => {
	const COMPANY = 30001;
	const company = () => testBed.sandbox.records('companies').find(({ id }) => id === COMPANY)!;
	const extName = () => (company().properties as Row).extName;
	const rule = (webhook: WebhookServer, more: Partial<PushRule> = {}): PushRule => ({
		entity: 'companies',
		url: webhook.url,
		headers: { 'X-Api-Key': SECRET },
		body: ({ id, name }) => ({ id, name }),
		responseMapping: { 'properties.extName': 'number' },
		...more,
	});
	const save = (changes: object = {}) =>
		testBed.sandbox.patch('companies', COMPANY, { ...changes });
	/** The statuses of the attempts; 0 stands for no response. */
	const statuses = ({ attempts }: { attempts: Array<{ status: number }> }) =>
		attempts.map(({ status }) => status);

	/** The registers in docs/push.md, by name. */
	const registers = (): Registers => {
		const page = readFileSync(`${process.cwd()}/docs/push.md`, 'utf8');
		const shown = /`((?:CONNECTOR|ADAPTER)[.-][\w.-]+)`: .*\n+ +```\w+\n([^`]+?)\n *```/g;
		return Object.fromEntries([...page.matchAll(shown)].map(([, name, text]) => [name, text]));
	};

	it('The adapter in docs/push.md has the documented shape', () => {
		expect(JSON.parse(registers()['ADAPTER.COMPANY-N8N'])).toEqual({
			constants: {
				name: expect.any(String),
				url: expect.stringMatching(/^https:/),
				apiKey: '{{secret:n8n}}',
				apiType: 'rest',
				method: 'POST',
			},
			requestMapping: {
				method: '${currentObject:constants.method}',
				url: '${currentObject:constants.url}',
				headers: {
					'Content-Type': 'application/json',
					'X-Api-Key': '${currentObject:constants.apiKey}',
				},
				// Teamogy advises against the raw `input`.
				body: { id: '${currentObject:input.id}', name: '${currentObject:input.name}' },
			},
			// The content of the object is UNKNOWN.
			responseMapping: { properties: { extName: { '…': expect.any(String) } } },
		});
	});

	it('The registers in docs/push.md and the example store the number in the company', async () => {
		const workflow = JSON.parse(
			readFileSync(`${process.cwd()}/examples/push-number-back.json`, 'utf8'),
		) as WorkflowJson;
		const webhook = await serve({}, { workflow, parameters: {} });
		const [call, ...others] = buildPushRules(registers(), { n8n: SECRET });
		expect(others).toEqual([]);
		expect(new URL(call.url).pathname).toBe(new URL(webhook.url).pathname);
		const log = testBed.sandbox.onSave({ ...call, url: webhook.url });
		save({ properties: { extStatus: 'EXT.WAIT' } });
		save({ properties: { extStatus: 'EXT.READY' } });
		await log.settled();
		expect(getReceivedBodies(webhook)).toEqual([{ id: COMPANY, name: company().name }]);
		expect([statuses(log), extName()]).toEqual([[200], `CRM-${COMPANY}`]);
		// A save that changes no field of the body gets the same response and starts no execution.
		save({ tags: ['new'] });
		await log.settled();
		expect([statuses(log), getExecutions(webhook).length]).toEqual([[200, 200], 1]);
		save({ name: 'Nový název' });
		await log.settled();
		expect(getReceivedBodies(webhook).at(-1)).toEqual({ id: COMPANY, name: 'Nový název' });
		expect(JSON.stringify(webhook.runs)).not.toContain(SECRET);
	});

	it('Teamogy sends again until the workflow gives the number', async () => {
		const webhook = await lastNode();
		const log = testBed.sandbox.onSave(rule(webhook));
		office.hold();
		save();
		for (const attempt of [1, 2, 3, 4]) {
			await office.waitForTasks(attempt);
			office.release(attempt < 4);
		}
		await log.settled();
		expect([statuses(log), extName()]).toEqual([[500, 500, 500, 200], 'N-4']);
	});

	it('Teamogy gets a lost response at the next attempt, and the workflow runs once', async () => {
		const webhook = await lastNode();
		office.hold();
		const log = testBed.sandbox.onSave(rule(webhook, { timeoutMs: 200, delaysMs: [0] }));
		save();
		await office.waitForTasks(1);
		while (webhook.runs.length < 2) await new Promise((resolve) => setImmediate(resolve));
		office.release();
		await log.settled();
		expect([statuses(log), extName()]).toEqual([[0, 200], 'N-1']);
		expect(office.tasks).toHaveLength(1);
	});

	it('An XML push and its repeat give one number', async () => {
		const webhook = await lastNode();
		const log = testBed.sandbox.onSave(rule(webhook, { format: 'xml' }));
		save({ name: 'Žluťoučký & <syn>' });
		save({ name: 'Žluťoučký & <syn>' });
		await log.settled();
		expect(office.tasks).toEqual([
			{ companies: { id: String(COMPANY), name: 'Žluťoučký & <syn>' } },
		]);
		expect([statuses(log), extName()]).toEqual([[200, 200], 'N-1']);
	});

	it('A wrong secret runs nothing, and Teamogy marks the record', async () => {
		const webhook = await lastNode();
		const before = extName();
		const log = testBed.sandbox.onSave(rule(webhook, { headers: { 'x-api-key': 'wrong' } }));
		save();
		await log.settled();
		expect(statuses(log)).toEqual([401, 401, 401, 401]);
		expect([getExecutions(webhook), extName()]).toEqual([[], before]);
		expect(company().properties).toHaveProperty('connectorError');
	});

	it('Many records at once run once each and get their own numbers', async () => {
		const webhook = await lastNode();
		const log = testBed.sandbox.onSave(rule(webhook));
		const companies = testBed.sandbox.records('companies').slice(0, 40);
		expect(companies.length).toBeGreaterThan(30);
		for (const { id } of [...companies, ...companies]) testBed.sandbox.patch('companies', id, {});
		await log.settled();
		expect(office.tasks.map(({ id }) => id).sort()).toEqual(companies.map(({ id }) => id).sort());
		const numbers = new Map(office.tasks.map(({ id }, index) => [id, `N-${index + 1}`]));
		for (const { id } of companies) {
			const { properties } = testBed.sandbox.records('companies').find((one) => one.id === id)!;
			expect((properties as Row).extName).toBe(numbers.get(id));
		}
	});
});
