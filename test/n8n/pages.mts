/** What a person does on n8n's pages. Test ids and texts are those of n8n 2. */
import type { Locator, Page } from 'playwright-core';
import type { N8n } from './instance.mts';

/** Opens a workflow in the editor. */
export async function openWorkflow(page: Page, n8n: N8n, id: string) {
	await page.goto(`${n8n.url}/workflow/${id}`);
	await page.getByTestId('canvas-node').first().waitFor();
}

/** Finds the nodes of the open workflow that n8n marks red, as soon as there is one. */
export async function findMarkedNodes(page: Page): Promise<Array<string | null>> {
	const marked = page.getByTestId('canvas-node').filter({ has: page.getByTestId('node-issues') });
	await marked.first().waitFor();
	const nodes = await marked.all();
	return await Promise.all(nodes.map(async (node) => await node.getAttribute('data-node-name')));
}

/** Opens a node's panel, in the workflow that is open. */
export async function openNode(page: Page, name: string): Promise<Locator> {
	await page
		.locator(`[data-test-id=canvas-node][data-node-name=${JSON.stringify(name)}]`)
		.dblclick();
	const panel = page.getByTestId('ndv');
	await panel.waitFor();
	return panel;
}

/** Runs the node whose panel is open, and those before it. */
export async function executeNode(page: Page) {
	await page.getByTestId('node-execute-button').click();
	const output = page.getByTestId('output-panel');
	await output.locator('[data-test-id^=node-run-status-]').waitFor();
	return output;
}

/** A parameter of the node whose panel is open: its input. */
export const input = (page: Page, name: string) =>
	page.getByTestId(`parameter-input-${name}`).locator('input, textarea').first();

/** The choices of the dropdown that is open. */
export const choices = (page: Page) => page.getByRole('option').filter({ visible: true });

/** Chooses from the dropdown of a parameter. */
export async function choose(page: Page, dropdown: Locator, choice: string) {
	await dropdown.click();
	await page.getByRole('option', { name: choice, exact: true }).filter({ visible: true }).click();
}

/** Chooses from the dropdown of a parameter by a click and the keyboard. The list filters and marks in its own time. */
export async function chooseByTyping(page: Page, name: string, text: string) {
	await input(page, name).click();
	await choices(page).first().waitFor();
	await page.keyboard.type(text);
	await choices(page).filter({ hasNotText: text }).first().waitFor({ state: 'hidden' });
	const marked = page.locator('[role=option].hover').filter({ visible: true, hasText: text });
	for (let presses = 0; presses < 20 && !(await marked.count()); presses++) {
		await page.keyboard.press('ArrowDown');
		await page.waitForTimeout(100);
	}
	await page.keyboard.press('Enter');
	await choices(page).first().waitFor({ state: 'hidden' });
}

/** Takes a field of the record into the mapper, and gives it a value. */
export async function mapField(page: Page, label: string, name: string, value: string) {
	await page.getByText('Add field to send').click();
	await page.getByRole('menuitem', { name: label, exact: true }).click();
	await input(page, name).fill(value);
}

/** Opens the node creator with what it finds for a text. */
export async function searchNodes(page: Page, text: string): Promise<Locator> {
	await page.getByTestId('node-creator-plus-button').click();
	await page.getByTestId('node-creator-search-bar').fill(text);
	return page.getByTestId('node-creator-item-name');
}

/** Opens a credential's form, which tests it. */
export async function openCredential(page: Page, n8n: N8n, id: string): Promise<Locator> {
	await page.goto(`${n8n.url}/home/credentials/${id}`);
	const form = page.getByTestId('editCredential-modal');
	await form.waitFor();
	return form;
}
