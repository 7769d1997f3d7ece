/** Something that takes a while: the pharmacist prepares the medicine, or you go shopping. */
export type Errand = () => Promise<void>;

interface Errands {
  prepareMedicine: Errand;
  shop: Errand;
}

/** Synchronous: you stand at the counter until the medicine is there. */
export async function waitAtTheCounter({ prepareMedicine, shop }: Errands): Promise<void> {
  await prepareMedicine();
  await shop();
}

/** Asynchronous: you take a numbered ticket, which is a promise of medicine, and come back with it. */
export async function takeATicket({ prepareMedicine, shop }: Errands): Promise<void> {
  const ticket = prepareMedicine();
  await shop();
  await ticket;
}
