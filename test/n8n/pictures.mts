/** `npm run pictures`: the README's pictures, in docs/pictures, from the real n8n on a sandbox of Teamogy. */
import { readFileSync, statSync } from 'node:fs';
import { startSandbox } from '../sandbox/index.mts';
import type { Locator, Page } from 'playwright-core';
import { openBrowser, type Box } from './browser.mts';
import { prepare, SetupError } from './cache.mts';
import { startN8n, type Workflow } from './instance.mts';
import { packPackage } from './pack.mts';
import { executeNode, openCredential, openNode, openWorkflow } from './pages.mts';

/** In bytes: a README is not to make people wait. */
const LARGEST = 200_000;
const UPSERT = 'Create or Update Companies';

const example = (name: string) =>
	JSON.parse(readFileSync(`examples/${name}.json`, 'utf8')) as Workflow;

/** The box around all of these, with some room. */
async function around(parts: Locator[], room = 0): Promise<Box> {
	const boxes = await Promise.all(parts.map(async (part) => (await part.boundingBox())!));
	const x = Math.min(...boxes.map((box) => box.x)) - room;
	const y = Math.min(...boxes.map((box) => box.y)) - room;
	const right = Math.max(...boxes.map((box) => box.x + box.width)) + room;
	const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + room;
	return { x, y, width: right - x, height: bottom - y };
}

/** Waits for a message to come and go. */
async function gone(message: Locator) {
	await message.waitFor();
	await message.waitFor({ state: 'hidden' });
}

/** Runs the workflow that is open. */
async function execute(page: Page) {
	await page.getByTestId('execute-workflow-button').click();
	await gone(page.getByText('Workflow executed successfully').first());
}

/** Get Many as the README's first flow has it: a condition and a few columns. */
function firstFlow(): Workflow {
	const workflow = example('approved-sales-invoices');
	const [trigger, getMany] = workflow.nodes.filter(({ type }) =>
		/manualTrigger$|teamogy$/.test(type),
	);
	const { parameters } = getMany;
	parameters!.filters.conditions = [{ column: 'status', operator: 'equal', value: 'APPROVED' }];
	// A picture has room for no more.
	const columns = ['number', 'companyName', 'total', 'dueDate'];
	Object.assign(parameters!, { returnAll: false, limit: 12, output: 'selected', columns });
	const connections = { [trigger.name]: workflow.connections[trigger.name] };
	return { ...workflow, nodes: [trigger, getMany], connections };
}

async function main() {
	const runtime = await prepare({ browser: true });
	const tarball = await packPackage({ say: (line) => console.log(line) });
	const sandbox = await startSandbox();
	const n8n = await startN8n({ runtime, tarball });
	const browser = await openBrowser(runtime, n8n, { scale: 1.5, folder: 'docs/pictures' });
	const { page } = browser;
	const files: string[] = [];
	const picture = async (name: string, clip?: Box) =>
		void files.push(await browser.picture(name, clip));
	try {
		const credential = await n8n.importCredential({
			name: 'Teamogy',
			type: 'teamogyApi',
			data: { ...sandbox.credential },
		});

		await page.setViewportSize({ width: 1400, height: 560 });
		const companies = example('companies-in-step');
		companies.nodes = companies.nodes.filter(({ type }) => !type.endsWith('.stickyNote'));
		const { id: flow } = await n8n.importWorkflow(companies);
		await openWorkflow(page, n8n, flow);
		await execute(page);
		const nodes = page.getByTestId('canvas-node');
		await picture('canvas', await around([nodes.first(), nodes.last()], 110));

		const panel = page.getByTestId('ndv');
		await page.setViewportSize({ width: 1240, height: 990 });
		// With the companies just made the account would have other fields than the node was saved with.
		sandbox.reset();
		await openNode(page, UPSERT);
		await page.getByText('Name (using to match)').waitFor();
		await panel.getByTestId('run-data-schema-item').first().waitFor();
		// The nodes before and after it stand out a little.
		await picture('field-mapping', await around([panel], 22));

		await page.setViewportSize({ width: 1440, height: 1210 });
		const { id: invoices } = await n8n.importWorkflow(firstFlow());
		await openWorkflow(page, n8n, invoices);
		await openNode(page, 'Get Approved Invoices');
		await executeNode(page);
		await gone(page.getByText('Node executed successfully').first());
		await picture(
			'get-many',
			await around([page.getByTestId('node-parameters'), page.getByTestId('output-panel')]),
		);

		await page.setViewportSize({ width: 1440, height: 1040 });
		const approved = example('approved-invoice-message');
		const [watching] = approved.nodes.filter(({ type }) => type.endsWith('.teamogyTrigger'));
		watching.parameters!.options = { columns: ['number', 'companyName', 'total'] };
		// The node behind it would stand out at the edge.
		Object.assign(approved, { nodes: [watching], connections: {} });
		const { id: message } = await n8n.importWorkflow(approved);
		await openWorkflow(page, n8n, message);
		await openNode(page, watching.name);
		await executeNode(page);
		await gone(page.getByText('Node executed successfully').first());
		await picture(
			'trigger',
			await around([page.getByTestId('node-parameters'), page.getByTestId('output-panel')]),
		);

		await page.setViewportSize({ width: 1240, height: 1230 });
		const form = await openCredential(page, n8n, credential.id);
		await form.getByTestId('credentials-config-container-test-success').waitFor();
		await picture('credential', await around([form]));
	} finally {
		await browser.close();
		await n8n.stop();
		await sandbox.close();
	}
	for (const file of files) {
		const { size } = statSync(file);
		console.log(`${file}  ${Math.round(size / 1000)} kB`);
		if (size > LARGEST) throw new SetupError(`${file} is larger than ${LARGEST / 1000} kB`);
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof SetupError ? error.message : error);
	process.exitCode = 1;
});
