/**
 * `npm run pictures`: the pictures of the documents, in docs/pictures, from the real n8n on a sandbox of Teamogy.
 * `npm run pictures -- canvas agent` makes some of them.
 */
import { readFileSync, statSync } from 'node:fs';
import { startSandbox, type Sandbox } from '../sandbox/index.mts';
import type { Locator, Page } from 'playwright-core';
import { openBrowser, type Box } from './browser.mts';
import { prepare } from './cache.mts';
import { SetupError } from './command.mts';
import { startN8n, type N8n, type Workflow } from './instance.mts';
import { packPackage } from './pack.mts';
import { choices, executeNode, input, openCredential, openNode, openWorkflow } from './pages.mts';

/** In bytes: a README is not to make people wait. */
const LARGEST = 200_000;

/** What pictures are taken of. */
interface Studio {
	page: Page;
	n8n: N8n;
	sandbox: Sandbox;
	credential: { id: string };
}

const example = (name: string) => {
	const workflow = JSON.parse(readFileSync(`examples/${name}.json`, 'utf8')) as Workflow;
	return {
		...workflow,
		nodes: workflow.nodes.filter(({ type }) => !type.endsWith('.stickyNote')),
	};
};

/** A workflow of one node: a node behind it would stand out at the edge of the panel. */
const single = (name: string, type: string, parameters: object): Workflow => ({
	name,
	nodes: [
		{
			id: 'node',
			name,
			type: `n8n-nodes-teamogy.${type}`,
			typeVersion: 1,
			position: [220, 0],
			parameters,
			credentials: { teamogyApi: {} },
		},
	],
	connections: {},
});

/** The box around all of these, with some room. */
async function around(parts: Locator[], room = 0): Promise<Box> {
	const boxes = await Promise.all(parts.map(async (part) => (await part.boundingBox())!));
	const x = Math.min(...boxes.map((box) => box.x)) - room;
	const y = Math.min(...boxes.map((box) => box.y)) - room;
	const right = Math.max(...boxes.map((box) => box.x + box.width)) + room;
	const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + room;
	return { x, y, width: right - x, height: bottom - y };
}

/** Waits for a message to come and go. To be called before what brings it: it stays for seconds only. */
async function gone(message: Locator) {
	await message.waitFor();
	await message.waitFor({ state: 'hidden' });
}

async function open({ page, n8n }: Studio, workflow: Workflow) {
	const { id } = await n8n.importWorkflow(workflow);
	await openWorkflow(page, n8n, id);
}

/** Runs the node whose panel is open. */
async function execute(page: Page) {
	const message = page.getByText('Node executed successfully').first();
	await Promise.all([gone(message), executeNode(page)]);
}

const panels = async (page: Page) =>
	await around([page.getByTestId('node-parameters'), page.getByTestId('output-panel')]);

/** Each makes a picture and gives the part of the page to keep. */
const PICTURES: Record<string, (studio: Studio) => Promise<Box>> = {
	async canvas(studio) {
		const { page } = studio;
		await page.setViewportSize({ width: 1400, height: 560 });
		await open(studio, example('companies-in-step'));
		await Promise.all([
			gone(page.getByText('Workflow executed successfully').first()),
			page.getByTestId('execute-workflow-button').click(),
		]);
		const nodes = page.getByTestId('canvas-node');
		return await around([nodes.first(), nodes.last()], 110);
	},

	async agent(studio) {
		const { page, n8n } = studio;
		await page.setViewportSize({ width: 1400, height: 900 });
		const workflow = example('ai-agent-tools');
		const model = { name: 'OpenAI', type: 'openAiApi', data: { apiKey: 'none' } };
		await n8n.importCredential(model);
		const [chat] = workflow.nodes.filter(({ type }) => type.endsWith('.lmChatOpenAi'));
		chat.credentials = { openAiApi: {} };
		await open(studio, workflow);
		return await around(await page.getByTestId('canvas-node').all(), 60);
	},

	async 'field-mapping'(studio) {
		const { page, sandbox } = studio;
		await page.setViewportSize({ width: 1240, height: 990 });
		// With companies just made the account would have other fields than the node was saved with.
		sandbox.reset();
		await open(studio, example('companies-in-step'));
		const panel = await openNode(page, 'Create or Update Companies');
		await page.getByText('Name (using to match)').waitFor();
		await execute(page);
		// The nodes before and after it stand out a little.
		return await around([panel], 22);
	},

	async 'get-many'(studio) {
		const { page, sandbox } = studio;
		await page.setViewportSize({ width: 1460, height: 1380 });
		// The browser may have no glyph for an emoji.
		for (const { id, name } of [...sandbox.rows('invoices.sales')])
			if (/\p{Extended_Pictographic}/u.test(String(name))) sandbox.remove('documents', Number(id));
		const { nodes } = example('approved-sales-invoices');
		const { parameters } = nodes.find(({ type }) => type.endsWith('.teamogy'))!;
		parameters!.filters.conditions = [
			{ column: 'total', operator: 'greaterThan', value: '555000' },
		];
		Object.assign(parameters!, {
			output: 'selected',
			columns: ['number', 'companyName', 'total', 'dueDate'],
			returnAll: true,
		});
		delete parameters!.limit;
		await open(studio, single('Get Approved Invoices', 'teamogy', parameters!));
		await openNode(page, 'Get Approved Invoices');
		await execute(page);
		return await panels(page);
	},

	async 'time-entry'(studio) {
		const { page } = studio;
		await page.setViewportSize({ width: 1440, height: 1000 });
		const parameters = { resource: 'timeEntry', operation: 'create' };
		await open(studio, single('Log Time', 'teamogy', parameters));
		await openNode(page, 'Log Time');
		const chooseRecord = async (name: string, record: RegExp) => {
			await input(page, name).click();
			await choices(page).filter({ hasText: record }).first().click();
		};
		await page.getByText('User (userId)').waitFor();
		await chooseRecord('userId', /^Ema Nováková/);
		await chooseRecord('jobId', /Retainer/);
		await input(page, 'date').fill('2026-11-19');
		await input(page, 'hours').fill('1.5');
		await execute(page);
		return await panels(page);
	},

	async trigger(studio) {
		const { page } = studio;
		await page.setViewportSize({ width: 1560, height: 1230 });
		const parameters = {
			pollTimes: { item: [{ mode: 'everyX', value: 5, unit: 'minutes' }] },
			view: 'jobs',
			event: 'updated',
			options: { columns: ['number', 'name', 'status'], watchColumns: ['status'] },
		};
		// n8n points to the pin once, and covers the table.
		await page.evaluate("localStorage.setItem('N8N_PIN_DATA_DISCOVERY_NDV', 'true')");
		await open(studio, single('When the Status of a Job Changes', 'teamogyTrigger', parameters));
		await openNode(page, 'When the Status of a Job Changes');
		await execute(page);
		return await panels(page);
	},

	async credential({ page, n8n, credential }) {
		await page.setViewportSize({ width: 1240, height: 1230 });
		const form = await openCredential(page, n8n, credential.id);
		await form.getByTestId('credentials-config-container-test-success').waitFor();
		return await around([form]);
	},
};

async function main() {
	const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PICTURES);
	const unknown = names.filter((name) => !Object.hasOwn(PICTURES, name));
	if (unknown.length) throw new SetupError(`There is no picture "${unknown.join('", "')}"`);
	const runtime = await prepare({ browser: true });
	const tarball = await packPackage({ say: (line) => console.log(line) });
	const sandbox = await startSandbox();
	const n8n = await startN8n({ runtime, tarball });
	// Nobody waits for pictures, so a slow machine may take its time.
	const settings = { scale: 1.25, folder: 'docs/pictures', timeout: 180_000 };
	const browser = await openBrowser(runtime, n8n, settings);
	try {
		const data = { ...sandbox.credential };
		const credential = await n8n.importCredential({ name: 'Teamogy', type: 'teamogyApi', data });
		for (const name of names) {
			const clip = await PICTURES[name]({ page: browser.page, n8n, sandbox, credential });
			const file = await browser.picture(name, clip);
			const { size } = statSync(file);
			console.log(`${file}  ${Math.round(size / 1000)} kB`);
			if (size > LARGEST) throw new SetupError(`${file} is larger than ${LARGEST / 1000} kB`);
		}
	} finally {
		await browser.close();
		await n8n.stop();
		await sandbox.close();
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof SetupError ? error.message : error);
	process.exitCode = 1;
});
