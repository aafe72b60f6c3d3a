import { stage } from './stage.mts';

/**
 * What n8n's own pages ask for, whatever is installed: that of community nodes npm's statistics, the node creator npm's
 * page of the package, a form its font.
 */
const ofN8n =
	/^GET https:\/\/(api\.npms\.io\/|fonts\.googleapis\.com\/|[\w.]+\/n8n-nodes-teamogy$)/;

export function confinementTests() {
	test('n8n and all it started tried to reach nobody else', () => {
		expect(stage.n8n.strayContacts()).toEqual([]);
	});

	test('The pages asked nobody else', () => {
		expect(stage.browser.strayRequests.filter((request) => !ofN8n.test(request))).toEqual([]);
	});

	test('The pages had no errors', () => {
		expect(stage.browser.pageErrors).toEqual([]);
	});

	test("The browser's own log has no connection to anybody else", async () => {
		expect(await stage.browser.close()).toEqual([]);
	});
}
