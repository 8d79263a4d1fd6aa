// Runs before anything is drawn, so that a page in chosen colours never flashes in the others.
{
  const chosen = localStorage.getItem('freshet-theme');
  if (chosen !== null) document.documentElement.dataset.theme = chosen;
}
