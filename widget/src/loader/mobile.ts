/** Phone or tablet: says so itself, or is touched and has a small screen (tablets that call themselves desktops). */
export function isMobile(): boolean {
  const { userAgent, maxTouchPoints = 0 } = navigator;
  if (/Mobi|Android|iP(hone|ad|od)/.test(userAgent)) return true;
  return maxTouchPoints > 1 && matchMedia('(hover: none) and (pointer: coarse)').matches && smallest() <= 1024;
}

const smallest = (): number => Math.min(screen.width, screen.height);
