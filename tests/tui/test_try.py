from driver import *
import time
async def test_a(demo):
    t=time.time()
    async with opened(demo/"cells.ome.zarr") as p:
        print("open", time.time()-t); t=time.time()
        await p.press("full_stop"); print("press", time.time()-t); t=time.time()
        await p.press(*["full_stop"]*5); print("press5", time.time()-t); t=time.time()
        print("\n".join(p.rows)); print(p.facts); print(p.bar); print(p.title); print(p.keys); print(p.told)
        print(p.picture==painted(demo/"cells.ome.zarr", p.request))
        print([type(m).__name__ for m in p.messages])
        await p.press("question_mark"); print(p.dialog_text())
async def test_b(volume):
    t=time.time()
    async with opened(volume) as p:
        print("open", time.time()-t); t=time.time()
        print(p.picture); print(p.bar, p.panel.border_title)
        await p.press("e"); print(p.dialog_text())
